package dev.retrykit.spring.client.tracking;

import dev.retrykit.failure.Causes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes failures of a connection that turned out to be closed. Timeouts, refused connections and malformed
 * responses are not among them.
 */
final class LostConnections {

    /** Exceptions of clients that may be absent. */
    private static final Set<String> NAMES = Set.of(
            "NoHttpResponseException", "ConnectionClosedException", "PrematureCloseException", "AbortedException");

    /**
     * Messages of the JDK's channels, of Netty's native channels, which have no exception type for it, and of Reactor
     * Netty's pool.
     */
    private static final List<String> WORDS = List.of(
            "connection reset",
            "broken pipe",
            "connection was aborted",
            "forcibly closed",
            "error while acquiring from");

    private LostConnections() {}

    /** Whether the server closed the connection. */
    static boolean isLost(Throwable failure) {
        return !NotSentFailures.isBeforeSending(failure)
                && Causes.chain(failure).stream().noneMatch(LostConnections::isTimeout)
                && Causes.chain(failure).stream().anyMatch(LostConnections::isLink);
    }

    private static boolean isTimeout(Throwable link) {
        return link instanceof InterruptedIOException
                || link instanceof InterruptedException
                || link.getClass().getSimpleName().endsWith("TimeoutException");
    }

    private static boolean isLink(Throwable link) {
        return link instanceof SocketException
                || link instanceof ClosedChannelException
                || link instanceof EOFException
                || NAMES.contains(link.getClass().getSimpleName())
                || link instanceof IOException && saysClosed(link.getMessage());
    }

    private static boolean saysClosed(@Nullable String message) {
        if (message == null) {
            return false;
        }
        String text = message.substring(0, Math.min(200, message.length())).toLowerCase(Locale.ROOT);
        return WORDS.stream().anyMatch(text::contains);
    }
}
