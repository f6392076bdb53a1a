package dev.retrykit.spring.client.reactive;

import dev.retrykit.spring.client.ClientProxy;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.PrivateField;
import dev.retrykit.spring.client.TransportInstrumentation;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.WebClient;

/** Has {@code WebClient}s watched, whoever made them. It may be done several times, and does nothing then. */
public final class WebClients {

    private static final String BUILDER = "org.springframework.web.reactive.function.client.DefaultWebClientBuilder";

    private static final String CLIENT = "org.springframework.web.reactive.function.client.DefaultWebClient";

    private final ClientRulesSource rules;
    private final ClientProxy<WebClient.Builder, WebClient> proxies =
            new ClientProxy<>(WebClient.Builder.class, WebClient.class, builder -> watch(builder, null));

    /** With rules that the first request asks for. */
    public WebClients(ClientRulesSource rules) {
        this.rules = rules;
    }

    /** Stands in for a builder: what is done to it later is seen too. */
    public WebClient.Builder watched(WebClient.Builder builder) {
        return isSpringsOwn(builder) ? proxies.builder(builder) : builder;
    }

    /** A client with the same settings. */
    public WebClient watched(WebClient client) {
        return client.getClass().getName().equals(CLIENT)
                ? proxies.builder(client.mutate()).build()
                : client;
    }

    private static boolean isSpringsOwn(WebClient.Builder builder) {
        return builder.getClass().getName().equals(BUILDER);
    }

    /**
     * Watches what a builder builds, as it is now.
     *
     * @param group the HTTP service group that it builds a client for; null if none, or if the guard there is to stay
     */
    public void watch(WebClient.Builder builder, @Nullable String group) {
        builder.filters(filters -> {
            String owner = group;
            for (Object filter : filters) {
                owner = owner == null && filter instanceof GuardFilter known ? known.group() : owner;
            }
            filters.removeIf(GuardFilter.class::isInstance);
            filters.add(0, new GuardFilter(rules, owner));
        });
        if (isSpringsOwn(builder)) {
            prepare(builder);
        }
    }

    private static void prepare(WebClient.Builder builder) {
        if (Fields.EXCHANGE.get(builder) != null) {
            return;
        }
        if (Fields.CONNECTOR.get(builder) instanceof ClientHttpConnector own) {
            TransportInstrumentation.prepare(own);
        } else if (Fields.CONNECTOR.isIn(builder, Fields.UNSEEN) && Fields.REACTOR_NETTY) {
            ClientHttpConnector connector = new ReactorClientHttpConnector();
            TransportInstrumentation.prepare(connector);
            builder.clientConnector(connector);
        }
    }

    /** Looked up when the first client is made. */
    private static final class Fields {

        static final PrivateField CONNECTOR = PrivateField.of(BUILDER, "connector");
        static final PrivateField EXCHANGE = PrivateField.of(BUILDER, "exchangeFunction");

        /** Spring's first choice for a client that is given no connector, and the one that repeats requests. */
        static final boolean REACTOR_NETTY =
                ClassUtils.isPresent("reactor.netty.http.client.HttpClient", WebClients.class.getClassLoader());

        static final String UNSEEN = "what the connector of a WebClient repeats by itself can't be switched off. Have"
                + " Spring Boot's ClientHttpConnectorBuilder make it.";
    }
}
