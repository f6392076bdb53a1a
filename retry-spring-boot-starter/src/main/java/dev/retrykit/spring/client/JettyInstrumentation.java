package dev.retrykit.spring.client;

import org.eclipse.jetty.client.HttpClient;

/** Jetty's clients under request factories and connectors that are built already: they repeat nothing, but tell more. */
final class JettyInstrumentation {

    private JettyInstrumentation() {}

    /**
     * Has the client tell exchanges what it does.
     *
     * @param type Spring's class, which may be the transport's superclass
     */
    static void prepare(Object transport, Class<?> type) {
        if (PrivateField.of(type.getName(), "httpClient").get(transport) instanceof HttpClient client) {
            JettyRequestTracker.customize(client);
        }
    }
}
