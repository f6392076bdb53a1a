package dev.retrykit.spring.client.transport;

import reactor.netty.http.client.HttpClient;

/** Disables the retry of Reactor Netty in request factories and connectors that are built already. */
final class ReactorNettyInstrumentation {

    private ReactorNettyInstrumentation() {}

    /**
     * Prepares a transport.
     *
     * @param type Spring's class, which may be a superclass of the transport's
     * @return whether it now sends one request per attempt
     */
    static boolean prepare(Object transport, Class<?> type) {
        PrivateField field = PrivateField.of(type.getName(), "httpClient");
        if (!(field.get(transport) instanceof HttpClient client)) {
            return false;
        }
        return client.configuration().isRetryDisabled() || field.trySet(transport, ReactorRedirects.customize(client));
    }
}
