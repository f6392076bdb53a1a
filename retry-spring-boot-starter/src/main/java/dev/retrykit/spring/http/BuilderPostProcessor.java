package dev.retrykit.spring.http;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;

/**
 * Has the builders that an application declares as beans make transports that tell of redirects and dead connections. Spring
 * Boot applies its customizers to its own builders only. The type of a builder stays. The transports of other builders are
 * prepared when they are made.
 */
public final class BuilderPostProcessor implements BeanPostProcessor {

    private static final String PACKAGE = "org.springframework.boot.http.client.";

    /** Before any client is made. */
    public BuilderPostProcessor() {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        // by name: an application without the library loads none of its classes
        return switch (bean.getClass().getName()) {
            case PACKAGE + "HttpComponentsClientHttpRequestFactoryBuilder" -> HttpComponents.blocking(bean);
            case PACKAGE + "reactive.HttpComponentsClientHttpConnectorBuilder" -> HttpComponents.reactive(bean);
            default -> bean;
        };
    }

    private static final class HttpComponents {

        private HttpComponents() {}

        static Object blocking(Object bean) {
            HttpComponentsTransport transport = new HttpComponentsTransport();
            return ((HttpComponentsClientHttpRequestFactoryBuilder) bean)
                    .withConnectionManagerCustomizer(transport::customize)
                    .withHttpClientCustomizer(transport::customizeOwn);
        }

        static Object reactive(Object bean) {
            HttpComponentsTransport transport = new HttpComponentsTransport();
            return ((HttpComponentsClientHttpConnectorBuilder) bean)
                    .withConnectionManagerCustomizer(transport::customize)
                    .withHttpClientCustomizer(transport::customizeOwn);
        }
    }
}
