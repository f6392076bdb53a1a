package dev.retrykit.spring.client.transport;

import org.eclipse.jetty.client.HttpClient;

/**
 * Registers listeners with the Jetty clients of request factories and connectors that are built already. Jetty does not
 * resend requests on its own.
 */
final class JettyInstrumentation {

    private JettyInstrumentation() {}

    /**
     * Registers the listener that notifies trackers.
     *
     * @param type Spring's class, which may be a superclass of the transport's
     */
    static void prepare(Object transport, Class<?> type) {
        if (PrivateField.of(type.getName(), "httpClient").get(transport) instanceof HttpClient client) {
            JettyRequestTracker.customize(client);
        }
    }
}
