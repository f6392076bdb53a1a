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

/** One link of a cause chain, as the network sees it. */
final class NetworkFailures {

    /** The JDK gives these no type of their own; the third and fourth are Windows's words for a reset. */
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

    /** All that the JDK's HTTP client says when a body that is being read is cut, as a read timeout does. */
    private static final String CUT = "closed";

    private static final Set<String> TIMEOUTS = Set.of("timeout", "deadline reached");

    private NetworkFailures() {}

    /**
     * Clients call a timeout an interrupted input, too: {@link SocketTimeoutException} is one, OkHttp's says "timeout", those of
     * HttpComponents have types of their own, and a full executor of OkHttp's is one. An interruption is one that the thread still
     * shows, or the JDK's own.
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

    /** Certificates: all of {@code java.security}'s checked failures. */
    static boolean isDistrusted(Throwable link) {
        return link instanceof GeneralSecurityException || link instanceof SSLPeerUnverifiedException;
    }

    /** Addresses and files that stay wrong. */
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

    /** The HTTP client's and the channels' timeouts live outside {@code java.base} or share no type. */
    private static boolean isTimeout(Throwable link) {
        return link instanceof SocketTimeoutException
                || link instanceof IOException
                        && (link.getClass().getSimpleName().endsWith("TimeoutException") || isNamelessTimeout(link));
    }

    /** OkHttp's and Okio's: of the JDK's class, and told by a word. */
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
