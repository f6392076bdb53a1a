package dev.retrykit.spring.client;

import reactor.netty.http.client.HttpClient;

/** The retry of Reactor Netty under request factories and connectors that are built already. */
final class ReactorNettyInstrumentation {

    private ReactorNettyInstrumentation() {}

    /**
     * Whether it makes one request for each attempt now.
     *
     * @param type Spring's class, which may be the transport's superclass
     */
    static boolean prepare(Object transport, Class<?> type) {
        PrivateField field = PrivateField.of(type.getName(), "httpClient");
        if (!(field.get(transport) instanceof HttpClient client)) {
            return false;
        }
        return client.configuration().isRetryDisabled() || field.trySet(transport, ReactorRedirects.customize(client));
    }
}
