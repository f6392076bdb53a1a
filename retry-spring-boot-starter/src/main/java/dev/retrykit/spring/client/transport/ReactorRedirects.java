package dev.retrykit.spring.client.transport;

import dev.retrykit.spring.client.tracking.CurrentRequest;
import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.client.tracking.TransportFact;
import dev.retrykit.time.TimeSource;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientInfos;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.ContextView;

/** Notifies trackers about the redirects that Reactor Netty follows and the connections it uses. */
public final class ReactorRedirects {

    /** Shared, because clients share pools. */
    private static final IdleConnections<Channel> CONNECTIONS = new IdleConnections<>();

    /** One instance for all clients: a different observer would give a client a separate pool. */
    private static final ConnectionObserver OBSERVER = ReactorRedirects::changed;

    private ReactorRedirects() {}

    /** Returns a client that notifies trackers and does not resend requests on its own. */
    public static HttpClient customize(HttpClient client) {
        return client.disableRetry(true)
                .mapConnect(connection -> Mono.deferContextual(context -> connect(connection, context)))
                .doOnRedirect((response, connection) -> {
                    RequestTracker sent = exchange(response.currentContextView());
                    if (sent != null) {
                        sent.report(TransportFact.REDIRECTED);
                    }
                })
                .observe(OBSERVER);
    }

    private static Mono<? extends Connection> connect(Mono<? extends Connection> connection, ContextView context) {
        RequestTracker noted = exchange(context);
        RequestTracker sent = noted == null ? CurrentRequest.current() : noted;
        if (sent == null) {
            return connection;
        }
        sent.report(TransportFact.TELLS_REDIRECTS);
        sent.connection().willBegin();
        return connection.contextWrite(inner -> inner.put(RequestTracker.class, sent));
    }

    private static @Nullable RequestTracker exchange(ContextView context) {
        return context.getOrDefault(RequestTracker.class, null);
    }

    /** Also tracks connections for requests that have no tracker, because they share them. */
    private static void changed(Connection connection, ConnectionObserver.State state) {
        if (state == ConnectionObserver.State.CONNECTED || state == ConnectionObserver.State.ACQUIRED) {
            take(connection.channel());
        } else if (state == HttpClientState.REQUEST_PREPARED) {
            begin(connection);
        } else if (state == HttpClientState.RESPONSE_RECEIVED) {
            RequestTracker sent = exchange(connection);
            if (sent != null) {
                sent.connection().answering();
            }
        } else if (state == ConnectionObserver.State.RELEASED) {
            CONNECTIONS.end(connection.channel());
        }
    }

    private static void take(Channel channel) {
        if (CONNECTIONS.take(channel, channel.remoteAddress())) {
            channel.closeFuture().addListener(closed -> CONNECTIONS.forget(channel));
        }
    }

    private static void begin(Connection connection) {
        RequestTracker sent = exchange(connection);
        if (sent == null) {
            return;
        }
        Channel channel = connection.channel();
        if (CONNECTIONS.hasServed(channel)) {
            long now = TimeSource.system().nanoTime();
            sent.connection()
                    .beginReused(() -> CONNECTIONS.close(channel.remoteAddress(), now, ReactorRedirects::close));
        } else {
            sent.connection().begin();
        }
        sent.connection().abortsBy(() -> abort(connection));
    }

    private static @Nullable RequestTracker exchange(Connection connection) {
        return connection instanceof HttpClientInfos request ? exchange(request.currentContextView()) : null;
    }

    /**
     * Closes the channel unless the request has ended: then the channel belongs to the pool or to another request. Data
     * already received is released.
     */
    private static void abort(Connection connection) {
        Channel channel = connection.channel();
        channel.eventLoop().execute(() -> {
            ChannelOperations<?, ?> current = ChannelOperations.get(channel);
            if (current != null && current.equals(connection)) {
                current.discard();
                close(channel);
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the pool is notified of the close
    private static void close(Channel channel) {
        channel.close();
    }
}
