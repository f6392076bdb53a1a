package dev.retrykit.spring.client.transport;

import dev.retrykit.spring.client.tracking.ConnectionUse;
import dev.retrykit.spring.client.tracking.CurrentRequest;
import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.client.tracking.TransportFact;
import dev.retrykit.time.TimeSource;
import java.io.IOException;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpExchange;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Notifies trackers when Jetty sends a request. Jetty takes a request's body before it is connected, so only Jetty
 * knows when something is sent. The tracker is found through the first request of a redirected one; the following
 * requests are created on other threads and report that there was a redirect.
 */
public final class JettyRequestTracker implements Request.Listener {

    private static final String EXCHANGE = RequestTracker.ATTRIBUTE;

    private final IdleConnections<Connection> connections = new IdleConnections<>();

    private JettyRequestTracker() {}

    /** Registers the listener with a client, unless it has one already. */
    public static void customize(HttpClient client) {
        if (client.getBean(JettyRequestTracker.class) == null) {
            JettyRequestTracker commits = new JettyRequestTracker();
            client.addBean(commits);
            client.getRequestListeners().addListener(commits);
        }
    }

    @Override
    public void onQueued(Request request) {
        RequestTracker sent = CurrentRequest.current();
        if (sent != null) {
            sent.report(TransportFact.TELLS_COMMITTED);
            sent.report(TransportFact.TELLS_REDIRECTS);
            request.attribute(EXCHANGE, sent);
            tell(request, sent.connection());
            return;
        }
        RequestTracker first = ofFirst(request);
        if (first != null) {
            first.report(TransportFact.REDIRECTED);
            tell(request, first.connection());
        }
    }

    private static void tell(Request request, ConnectionUse use) {
        use.willBegin();
        use.abortsBy(() -> abort(request));
        request.onResponseBegin(response -> use.answering());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // aborting a request that has ended has no effect
    private static void abort(Request request) {
        request.abort(new IOException("no caller waits for the response"));
    }

    /** Returns the tracker of the original request if this one is the result of a redirect; null otherwise. */
    private static @Nullable RequestTracker ofFirst(Request request) {
        HttpExchange first = request instanceof HttpRequest own
                ? own.getConversation().getExchanges().peekFirst()
                : null;
        if (first == null || first.getRequest().equals(request)) {
            return null;
        }
        return first.getRequest().getAttributes().get(EXCHANGE) instanceof RequestTracker sent ? sent : null;
    }

    /** Also tracks connections for requests that have no tracker, because they share them. */
    @Override
    public void onBegin(Request request) {
        Connection connection = request.getConnection();
        if (connection == null) {
            return;
        }
        long now = TimeSource.system().nanoTime();
        Object peer = connection.getRemoteSocketAddress();
        boolean reused = !connections.take(connection, peer);
        request.onComplete(result -> connections.end(connection));
        if (!reused) {
            forgetWhenClosed(connection);
        }
        if (request.getAttributes().get(EXCHANGE) instanceof RequestTracker sent) {
            if (reused) {
                sent.connection().beginReused(() -> connections.close(peer, now, Connection::close));
            } else {
                sent.connection().begin();
            }
        }
    }

    private void forgetWhenClosed(Connection connection) {
        if (connection instanceof org.eclipse.jetty.io.Connection own) {
            own.addEventListener(new org.eclipse.jetty.io.Connection.Listener() {
                @Override
                public void onClosed(org.eclipse.jetty.io.Connection closed) {
                    connections.forget(connection);
                }
            });
        } else {
            connections.forget(connection);
        }
    }

    @Override
    public void onHeaders(Request request) {
        if (request.getAttributes().get(EXCHANGE) instanceof RequestTracker sent) {
            sent.report(TransportFact.COMMITTED);
        }
    }
}
