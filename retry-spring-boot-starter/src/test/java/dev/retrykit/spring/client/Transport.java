package dev.retrykit.spring.client;

import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

/** The transports of blocking and of reactive clients, and what an application makes of them by hand. */
enum Transport {
    JDK("jdk"),
    HTTP_COMPONENTS("http-components"),
    JETTY("jetty"),
    REACTOR("reactor"),
    SIMPLE("simple");

    private final String property;

    Transport(String property) {
        this.property = property;
    }

    boolean isReactive() {
        return this != SIMPLE;
    }

    /** The settings that choose it. */
    String[] properties() {
        String imperative = "spring.http.clients.imperative.factory=" + property;
        return isReactive()
                ? new String[] {imperative, "spring.http.clients.reactive.connector=" + property}
                : new String[] {imperative};
    }

    /** As an application has it that sizes a pool. */
    ClientHttpRequestFactoryBuilder<?> builder() {
        return switch (this) {
            case JDK -> ClientHttpRequestFactoryBuilder.jdk();
            case HTTP_COMPONENTS ->
                ClientHttpRequestFactoryBuilder.httpComponents()
                        .withConnectionManagerCustomizer(pool -> pool.setMaxConnPerRoute(50));
            case JETTY -> ClientHttpRequestFactoryBuilder.jetty();
            case REACTOR -> ClientHttpRequestFactoryBuilder.reactor();
            case SIMPLE -> ClientHttpRequestFactoryBuilder.simple();
        };
    }

    ClientHttpConnectorBuilder<?> connectorBuilder() {
        return switch (this) {
            case JDK -> ClientHttpConnectorBuilder.jdk();
            case HTTP_COMPONENTS -> ClientHttpConnectorBuilder.httpComponents();
            case JETTY -> ClientHttpConnectorBuilder.jetty();
            case REACTOR -> ClientHttpConnectorBuilder.reactor();
            case SIMPLE -> throw new IllegalStateException("a blocking transport");
        };
    }

    /** The objects that an application makes of a transport, and must close. */
    static final class Made implements AutoCloseable {

        private final Transport transport;
        private final List<Object> objects = new ArrayList<>();

        Made(Transport transport) {
            this.transport = transport;
        }

        /** One whose own retries, where it has some, the application has switched off: nobody else can. */
        ClientHttpRequestFactory factory() {
            ClientHttpRequestFactory factory = transport == HTTP_COMPONENTS
                    ? ClientHttpRequestFactoryBuilder.httpComponents()
                            .withHttpClientCustomizer(HttpClientBuilder::disableAutomaticRetries)
                            .build()
                    : transport.builder().build();
            objects.add(factory);
            return factory;
        }

        ClientHttpConnector connector() {
            ClientHttpConnector connector = transport == HTTP_COMPONENTS
                    ? ClientHttpConnectorBuilder.httpComponents()
                            .withHttpClientCustomizer(client -> client.disableAutomaticRetries())
                            .build()
                    : transport.connectorBuilder().build();
            objects.add(connector);
            return connector;
        }

        @Override
        public void close() throws Exception {
            for (Object object : objects) {
                if (object instanceof DisposableBean disposable) {
                    disposable.destroy();
                } else if (object instanceof AutoCloseable closeable) {
                    closeable.close();
                }
            }
        }
    }
}
