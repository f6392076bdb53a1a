package dev.retrykit.spring.client;

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

/** Failures by which a request has certainly not been worked on, unless the transport had been redirected before. */
final class NotSentFailures {

    /** Of clients that may be absent, and of the pools that they wait for. */
    private static final Set<String> NAMES = Set.of(
            "HttpConnectTimeoutException",
            "ConnectTimeoutException",
            "ConnectionRequestTimeoutException",
            "PoolAcquireTimeoutException",
            "PoolAcquirePendingLimitException",
            "SslHandshakeTimeoutException");

    /** In the words of clients: OkHttp's and Netty's, the specification's, the JDK's, and newer JDKs' of a GOAWAY. */
    private static final List<String> REFUSALS =
            List.of("refused_stream", "refused stream", "stream not processed", "not processed by");

    private NotSentFailures() {}

    /** No name, no route, nobody listens, no handshake, no connection free. */
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

    /** RFC 9113, section 8.7: a refused stream was not processed, nor one above the last that a GOAWAY names. */
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
