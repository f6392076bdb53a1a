package dev.retrykit.spring.client.tracking;

import dev.retrykit.failure.Causes;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes failures that mean that the server did not process the request, unless the transport was redirected
 * before.
 */
final class NotSentFailures {

    /** Exceptions of clients that may be absent, and of their connection pools. */
    private static final Set<String> NAMES = Set.of(
            "HttpConnectTimeoutException",
            "ConnectTimeoutException",
            "ConnectionRequestTimeoutException",
            "PoolAcquireTimeoutException",
            "PoolAcquirePendingLimitException",
            "SslHandshakeTimeoutException");

    /** Messages of OkHttp, Netty, the HTTP/2 specification and the JDK, and of newer JDKs for a GOAWAY frame. */
    private static final List<String> REFUSALS =
            List.of("refused_stream", "refused stream", "stream not processed", "not processed by");

    private NotSentFailures() {}

    /**
     * Whether the failure came before anything was sent: unknown host, no route, connection refused, failed TLS
     * handshake, or no free connection.
     */
    static boolean isBeforeSending(Throwable failure) {
        return Causes.chain(failure).stream().anyMatch(NotSentFailures::isBefore);
    }

    private static boolean isBefore(Throwable link) {
        return link instanceof ConnectException
                || link instanceof UnknownHostException
                || link instanceof UnresolvedAddressException
                || link instanceof NoRouteToHostException
                || link instanceof SSLHandshakeException
                || NAMES.contains(link.getClass().getSimpleName())
                || "Connect Timeout".equals(link.getMessage());
    }

    /**
     * Whether the server refused the stream. RFC 9113, section 8.7: a refused stream was not processed, nor was one
     * above the last stream that a GOAWAY frame names.
     */
    static boolean isRefused(Throwable failure) {
        return Causes.chain(failure).stream().anyMatch(link -> saysRefused(link.getMessage()));
    }

    private static boolean saysRefused(@Nullable String message) {
        if (message == null) {
            return false;
        }
        String text = message.substring(0, Math.min(200, message.length())).toLowerCase(Locale.ROOT);
        return REFUSALS.stream().anyMatch(text::contains);
    }
}
