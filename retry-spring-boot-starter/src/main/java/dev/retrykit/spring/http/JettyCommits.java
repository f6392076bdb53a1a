package dev.retrykit.spring.http;

import org.eclipse.jetty.client.Request;

/**
 * Jetty takes a request's body before it is connected, so only Jetty knows when something is on its way. Only the first
 * request of a redirected one is asked: the others are made on other threads.
 */
public final class JettyCommits implements Request.Listener {

    private static final String EXCHANGE = Exchange.ATTRIBUTE;

    /** Without state. */
    public JettyCommits() {}

    @Override
    public void onQueued(Request request) {
        Exchange sent = Sending.current();
        if (sent != null) {
            sent.willTellCommitted();
            request.attribute(EXCHANGE, sent);
        }
    }

    @Override
    public void onHeaders(Request request) {
        if (request.getAttributes().get(EXCHANGE) instanceof Exchange sent) {
            sent.committed();
        }
    }
}
