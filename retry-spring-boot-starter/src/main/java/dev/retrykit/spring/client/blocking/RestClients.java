package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.ClientProxy;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.transport.PrivateField;
import dev.retrykit.spring.client.transport.TransportInstrumentation;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/** Instruments {@code RestClient}s and {@code RestTemplate}s of any origin. Idempotent. */
public final class RestClients {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final String BUILDER = "org.springframework.web.client.DefaultRestClientBuilder";

    private final ClientRulesSource rules;
    private final ClientProxy<RestClient.Builder, RestClient> proxies =
            new ClientProxy<>(RestClient.Builder.class, RestClient.class, builder -> watch(builder, null));

    /** Creates the instrumentation. The first request resolves the rules. */
    public RestClients(ClientRulesSource rules) {
        this.rules = rules;
    }

    /** Instruments a transport. */
    public ClientHttpRequestFactory watched(ClientHttpRequestFactory transport, boolean redirects) {
        return watched(transport, redirects, null);
    }

    private ClientHttpRequestFactory watched(
            ClientHttpRequestFactory transport, boolean redirects, @Nullable String group) {
        if (transport instanceof WatchedRequestFactory known) {
            String owner = group == null ? known.group() : group;
            return new WatchedRequestFactory(known.transport(), known.redirects(), rules, owner);
        }
        ClientHttpRequestFactory inner = TransportRetryCheck.innermost(transport);
        if (inner instanceof WatchedRequestFactory && group == null) {
            // a wrapper of the application around an instrumented transport
            return transport;
        }
        TransportInstrumentation.prepare(inner);
        return new WatchedRequestFactory(transport, redirects, rules, group);
    }

    /** Returns a proxy of a builder, which covers later changes to the builder. */
    public RestClient.Builder watched(RestClient.Builder builder) {
        return isSpringsOwn(builder) ? proxies.builder(builder) : builder;
    }

    /** Returns an instrumented client with the same settings. */
    public RestClient watched(RestClient client) {
        if (!client.getClass().getName().equals("org.springframework.web.client.DefaultRestClient")) {
            return client;
        }
        return proxies.builder(client.mutate()).build();
    }

    private static boolean isSpringsOwn(RestClient.Builder builder) {
        return builder.getClass().getName().equals(BUILDER);
    }

    /**
     * Instruments what a builder builds, with its current settings.
     *
     * @param group the HTTP service group of the client; null if none
     */
    public void watch(RestClient.Builder builder, @Nullable String group) {
        if (!isSpringsOwn(builder)
                || !Fields.FACTORY.isIn(builder, Fields.UNSEEN)
                || !Fields.INTERCEPTORS.isIn(builder, Fields.UNSEEN)) {
            return;
        }
        ClientHttpRequestFactory own = Fields.FACTORY.get(builder) instanceof ClientHttpRequestFactory factory
                ? factory
                : DefaultTransport.make();
        builder.requestFactory(watched(own, true, group));
        if (Fields.INTERCEPTORS.get(builder) == null) {
            return;
        }
        boolean[] none = new boolean[1];
        builder.requestInterceptors(interceptors -> {
            guard(interceptors, group);
            none[0] = interceptors.isEmpty();
        });
        if (none[0]) {
            // even an empty list makes Spring hold each body in memory
            Fields.INTERCEPTORS.trySet(builder, null);
        }
    }

    /**
     * Instruments a template with its current settings. A template that is instrumented already is not changed, because
     * other threads may be using it. A template whose class refuses changes stays as it is.
     */
    public void watch(RestTemplate template) {
        // read from the field, because the getter wraps the transport with interceptors and buffers
        if (!(Fields.TRANSPORT.get(template) instanceof ClientHttpRequestFactory transport)) {
            return;
        }
        try {
            if (!(transport instanceof WatchedRequestFactory known && known.rules() == rules)) {
                template.setRequestFactory(watched(transport, true, null));
            }
            List<ClientHttpRequestInterceptor> interceptors = template.getInterceptors();
            if (!interceptors.isEmpty() && !isGuarded(interceptors)) {
                guard(interceptors, null);
            }
        } catch (RuntimeException refused) {
            LOG.warn("A " + template.getClass().getName() + " is not instrumented, because it refuses changes ("
                    + refused
                    + "): its POST requests are retried like GET requests, and get no idempotency key. Create"
                    + " the RestTemplate with Spring Boot's RestTemplateBuilder.");
        }
    }

    private boolean isGuarded(List<ClientHttpRequestInterceptor> interceptors) {
        return interceptors.size() > 1
                && interceptors.get(0) instanceof GuardInterceptor first
                && first.source() == rules;
    }

    private void guard(List<ClientHttpRequestInterceptor> interceptors, @Nullable String group) {
        interceptors.removeIf(GuardInterceptor.class::isInstance);
        if (!interceptors.isEmpty()) {
            interceptors.add(0, new GuardInterceptor(rules, group));
        }
    }

    /** Looked up when the first client is created. */
    private static final class Fields {

        static final PrivateField FACTORY = PrivateField.of(BUILDER, "requestFactory");
        static final PrivateField INTERCEPTORS = PrivateField.of(BUILDER, "interceptors");
        static final PrivateField TRANSPORT =
                PrivateField.of("org.springframework.http.client.support.HttpAccessor", "requestFactory");

        static final String UNSEEN =
                "A RestClient whose request factory is set by the application is not instrumented. Create"
                        + " the factory with Spring Boot's ClientHttpRequestFactoryBuilder.";
    }
}
