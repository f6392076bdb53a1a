package dev.retrykit.spring.client.transport;

import dev.retrykit.time.TimeSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tracks since when the pooled connections of a transport are idle, for transports whose pool does not expose it.
 *
 * @param <C> the transport's connection type
 */
final class IdleConnections<C> {

    private final Map<C, Use> uses = new ConcurrentHashMap<>();

    /** The use of one connection. */
    private static final class Use {

        final @Nullable Object peer;

        // guarded by this object's lock
        int requests;
        boolean hasServed;
        long idleSinceNanos;

        Use(@Nullable Object peer) {
            this.peer = peer;
        }

        synchronized void take() {
            requests++;
        }

        synchronized boolean hasServed() {
            return hasServed;
        }

        synchronized void end(long nowNanos) {
            requests = Math.max(0, requests - 1);
            hasServed = true;
            idleSinceNanos = nowNanos;
        }

        synchronized boolean isIdleSinceBefore(long nanos) {
            return hasServed && requests == 0 && idleSinceNanos - nanos < 0;
        }
    }

    /**
     * Records that a request takes a connection.
     *
     * @return whether the connection is new
     */
    boolean take(C connection, @Nullable Object peer) {
        boolean[] isNew = new boolean[1];
        uses.computeIfAbsent(connection, ignored -> {
                    isNew[0] = true;
                    return new Use(peer);
                })
                .take();
        return isNew[0];
    }

    /** Whether a request has ended on the connection. */
    boolean hasServed(C connection) {
        Use use = uses.get(connection);
        return use != null && use.hasServed();
    }

    /** Records the end of a request. */
    void end(C connection) {
        Use use = uses.get(connection);
        if (use != null) {
            use.end(TimeSource.system().nanoTime());
        }
    }

    /** Removes a closed connection. */
    void forget(C connection) {
        uses.remove(connection);
    }

    /** Closes the connections to a server that have been idle since before a moment. */
    void close(@Nullable Object peer, long beforeNanos, Consumer<C> close) {
        uses.forEach((connection, use) -> {
            if (peer != null && peer.equals(use.peer) && use.isIdleSinceBefore(beforeNanos)) {
                close.accept(connection);
            }
        });
    }
}
