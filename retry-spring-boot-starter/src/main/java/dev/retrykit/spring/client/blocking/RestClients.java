package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.ClientProxy;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.PrivateField;
import dev.retrykit.spring.client.TransportInstrumentation;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Has {@code RestClient}s and {@code RestTemplate}s watched, whoever made them. It may be done several times, and does
 * nothing then.
 */
public final class RestClients {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final String BUILDER = "org.springframework.web.client.DefaultRestClientBuilder";

    private final ClientRulesSource rules;
    private final ClientProxy<RestClient.Builder, RestClient> proxies =
            new ClientProxy<>(RestClient.Builder.class, RestClient.class, builder -> watch(builder, null));

    /** With rules that the first request asks for. */
    public RestClients(ClientRulesSource rules) {
        this.rules = rules;
    }

    /** Watches a transport. */
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
            // a wrapper that the application has put around a watched one
            return transport;
        }
        TransportInstrumentation.prepare(inner);
        return new WatchedRequestFactory(transport, redirects, rules, group);
    }

    /** Stands in for a builder: what is done to it later is seen too. */
    public RestClient.Builder watched(RestClient.Builder builder) {
        return isSpringsOwn(builder) ? proxies.builder(builder) : builder;
    }

    /** A client with the same settings. */
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
     * Watches what a builder builds, as it is now.
     *
     * @param group the HTTP service group that it builds a client for; null if none
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
            // an empty list has each body held in memory
            Fields.INTERCEPTORS.trySet(builder, null);
        }
    }

    /**
     * Watches what a template sends, as it is now. What is watched already isn't touched: others may use it meanwhile. A
     * template whose class doesn't let itself be changed stays as it is.
     */
    public void watch(RestTemplate template) {
        // the template's own answer has its interceptors and buffers around
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
            LOG.warn("A " + template.getClass().getName() + " isn't watched, because it refuses to be changed ("
                    + refused
                    + "): its POSTs are retried like GETs, and get no idempotency key. Have Spring Boot's"
                    + " RestTemplateBuilder make a RestTemplate.");
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

    /** Looked up when the first client is made. */
    private static final class Fields {

        static final PrivateField FACTORY = PrivateField.of(BUILDER, "requestFactory");
        static final PrivateField INTERCEPTORS = PrivateField.of(BUILDER, "interceptors");
        static final PrivateField TRANSPORT =
                PrivateField.of("org.springframework.http.client.support.HttpAccessor", "requestFactory");

        static final String UNSEEN =
                "a RestClient whose request factory the application sets isn't watched. Have Spring"
                        + " Boot's ClientHttpRequestFactoryBuilder make it.";
    }
}
