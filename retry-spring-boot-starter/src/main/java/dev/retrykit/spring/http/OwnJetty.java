package dev.retrykit.spring.http;

import org.eclipse.jetty.client.HttpClient;

/** Jetty's client under request factories and connectors that are built already. */
final class OwnJetty {

    private OwnJetty() {}

    /**
     * Has the client tell what it sends, if it can be found. It repeats nothing by itself.
     *
     * @param type Spring's class, which may be the transport's superclass
     */
    static void prepare(Object transport, Class<?> type) {
        if (PrivateField.of(type.getName(), "httpClient").get(transport) instanceof HttpClient client) {
            JettyCommits.customize(client);
        }
    }
}
