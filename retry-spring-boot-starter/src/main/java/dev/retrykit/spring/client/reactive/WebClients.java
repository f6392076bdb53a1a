package dev.retrykit.spring.client.reactive;

import dev.retrykit.spring.client.ClientProxy;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.transport.PrivateField;
import dev.retrykit.spring.client.transport.TransportInstrumentation;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.WebClient;

/** Instruments {@code WebClient}s of any origin. Idempotent. */
public final class WebClients {

    private static final String BUILDER = "org.springframework.web.reactive.function.client.DefaultWebClientBuilder";

    private static final String CLIENT = "org.springframework.web.reactive.function.client.DefaultWebClient";

    private final ClientRulesSource rules;
    private final ClientProxy<WebClient.Builder, WebClient> proxies =
            new ClientProxy<>(WebClient.Builder.class, WebClient.class, builder -> watch(builder, null));

    /** Creates the instrumentation. The first request resolves the rules. */
    public WebClients(ClientRulesSource rules) {
        this.rules = rules;
    }

    /** Returns a proxy of a builder, which covers later changes to the builder. */
    public WebClient.Builder watched(WebClient.Builder builder) {
        return isSpringsOwn(builder) ? proxies.builder(builder) : builder;
    }

    /** Returns an instrumented client with the same settings. */
    public WebClient watched(WebClient client) {
        return client.getClass().getName().equals(CLIENT)
                ? proxies.builder(client.mutate()).build()
                : client;
    }

    private static boolean isSpringsOwn(WebClient.Builder builder) {
        return builder.getClass().getName().equals(BUILDER);
    }

    /**
     * Instruments what a builder builds, with its current settings.
     *
     * @param group the HTTP service group of the client; null if none, or to keep the group of an existing filter
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

    /** Looked up when the first client is created. */
    private static final class Fields {

        static final PrivateField CONNECTOR = PrivateField.of(BUILDER, "connector");
        static final PrivateField EXCHANGE = PrivateField.of(BUILDER, "exchangeFunction");

        /** Spring's first choice for a client without a connector, and the one that resends requests. */
        static final boolean REACTOR_NETTY =
                ClassUtils.isPresent("reactor.netty.http.client.HttpClient", WebClients.class.getClassLoader());

        static final String UNSEEN =
                "The built-in retries of the connector of a WebClient cannot be disabled. Create the"
                        + " connector with Spring Boot's ClientHttpConnectorBuilder.";
    }
}
