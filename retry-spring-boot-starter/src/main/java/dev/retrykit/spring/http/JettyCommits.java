package dev.retrykit.spring.http;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpExchange;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Jetty takes a request's body before it is connected, so only Jetty knows when something is on its way. Only the first
 * request of a redirected one is asked; the others are made on other threads, and tell that there was a redirect.
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
            sent.willTellRedirects();
            request.attribute(EXCHANGE, sent);
            return;
        }
        Exchange first = ofFirst(request);
        if (first != null) {
            first.redirected();
        }
    }

    /** Of a redirected request that of the one that the caller sent. */
    private static @Nullable Exchange ofFirst(Request request) {
        HttpExchange first = request instanceof HttpRequest own
                ? own.getConversation().getExchanges().peekFirst()
                : null;
        if (first == null || first.getRequest().equals(request)) {
            return null;
        }
        return first.getRequest().getAttributes().get(EXCHANGE) instanceof Exchange sent ? sent : null;
    }

    @Override
    public void onHeaders(Request request) {
        if (request.getAttributes().get(EXCHANGE) instanceof Exchange sent) {
            sent.committed();
        }
    }
}
