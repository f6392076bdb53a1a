package dev.retrykit.spring.client;

import dev.retrykit.time.TimeSource;
import java.io.IOException;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.HttpExchange;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Jetty takes a request's body before it is connected, so only Jetty knows when something is on its way. Only the first
 * request of a redirected one is asked; the others are made on other threads, and tell that there was a redirect.
 */
public final class JettyRequestTracker implements Request.Listener {

    private static final String EXCHANGE = RequestTracker.ATTRIBUTE;

    private final IdleConnections<Connection> connections = new IdleConnections<>();

    private JettyRequestTracker() {}

    /** Lets a client tell exchanges what it does. A client that tells already is left alone. */
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
            sent.willTellCommitted();
            sent.willTellRedirects();
            request.attribute(EXCHANGE, sent);
            tell(request, sent.connection());
            return;
        }
        RequestTracker first = ofFirst(request);
        if (first != null) {
            first.redirected();
            tell(request, first.connection());
        }
    }

    private static void tell(Request request, ConnectionUse use) {
        use.willBegin();
        use.abortsBy(() -> abort(request));
        request.onResponseBegin(response -> use.answering());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // of a request that is over, it says no
    private static void abort(Request request) {
        request.abort(new IOException("nobody waits for the answer"));
    }

    /** Of a redirected request that of the one that the caller sent. */
    private static @Nullable RequestTracker ofFirst(Request request) {
        HttpExchange first = request instanceof HttpRequest own
                ? own.getConversation().getExchanges().peekFirst()
                : null;
        if (first == null || first.getRequest().equals(request)) {
            return null;
        }
        return first.getRequest().getAttributes().get(EXCHANGE) instanceof RequestTracker sent ? sent : null;
    }

    /** Others' requests use the connections, too. */
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
            sent.committed();
        }
    }
}
