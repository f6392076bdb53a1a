package dev.retrykit.failure;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.MalformedURLException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Rules for network failures, for one link of a cause chain. */
final class NetworkFailures {

    /** The JDK has no separate types for these; the third and fourth are the texts of Windows for a reset. */
    private static final List<String> LOST_CONNECTIONS = List.of(
            "connection reset",
            "broken pipe",
            "forcibly closed",
            "connection was aborted",
            "connection closed",
            "connection is closed",
            "truncated chunk",
            "connection has been closed",
            "connection timed out",
            "received no bytes",
            "premature eof",
            "unexpected end of stream",
            "premature end of",
            "eof reached while reading",
            "failed to respond",
            "prematurely closed",
            "rst_stream",
            "not processed by peer",
            "stream was reset",
            "too many concurrent streams",
            "terminated the handshake",
            "during handshake",
            "peer shut down incorrectly",
            "abruptly closed by peer",
            "close_notify",
            "goaway");

    /** The complete message of the JDK's HTTP client when reading a body is aborted, for example by a read timeout. */
    private static final String CUT = "closed";

    private static final Set<String> TIMEOUTS = Set.of("timeout", "deadline reached");

    private NetworkFailures() {}

    /**
     * Clients also report a timeout as interrupted I/O: {@link SocketTimeoutException} is a subclass, OkHttp's has the
     * message "timeout", HttpComponents has its own types, and OkHttp's full executor is reported the same way. It is
     * an interruption if the thread's flag is still set, or if it is the JDK's own type.
     */
    static boolean isInterruption(Throwable link) {
        return link instanceof InterruptedException
                || link instanceof ClosedByInterruptException
                || link instanceof InterruptedIOException && !isTimeout(link) && isInterrupted(link);
    }

    private static boolean isInterrupted(Throwable link) {
        return Thread.currentThread().isInterrupted()
                || link.getClass() == InterruptedIOException.class
                        && !(Causes.causeOf(link) instanceof RejectedExecutionException);
    }

    /** Certificates: all checked exceptions of {@code java.security}. */
    static boolean isDistrusted(Throwable link) {
        return link instanceof GeneralSecurityException || link instanceof SSLPeerUnverifiedException;
    }

    /** Addresses and files that stay invalid. */
    static boolean isPermanent(Throwable link) {
        return link instanceof MalformedURLException
                || link instanceof URISyntaxException
                || link instanceof FileNotFoundException
                || link instanceof FileSystemException;
    }

    static boolean isTransient(Throwable link) {
        return link instanceof SocketException
                || link instanceof UnknownHostException
                || link instanceof UnresolvedAddressException
                || link instanceof ClosedChannelException
                || isTimeout(link)
                || link instanceof IOException && isLostConnection(Causes.message(link));
    }

    /** The timeouts of the HTTP client and of channels are outside {@code java.base} or share no type. */
    private static boolean isTimeout(Throwable link) {
        return link instanceof SocketTimeoutException
                || link instanceof IOException
                        && (link.getClass().getSimpleName().endsWith("TimeoutException") || isNamelessTimeout(link));
    }

    /** The timeouts of OkHttp and Okio, which have the JDK's class and are recognized by their message. */
    private static boolean isNamelessTimeout(Throwable link) {
        return link.getClass() == InterruptedIOException.class
                && TIMEOUTS.contains(String.valueOf(Causes.message(link)));
    }

    private static boolean isLostConnection(@Nullable String message) {
        if (message == null) {
            return false;
        }
        String text = message.substring(0, Math.min(200, message.length())).toLowerCase(Locale.ROOT);
        return text.equals(CUT) || LOST_CONNECTIONS.stream().anyMatch(text::contains);
    }
}
