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
            "goaway");

    /** All that the JDK's HTTP client says when a body that is being read is cut, as a read timeout does. */
    private static final String CUT = "closed";

    private NetworkFailures() {}

    /** {@link SocketTimeoutException} is an {@link InterruptedIOException}, but nobody interrupted anything. */
    static boolean isInterruption(Throwable link) {
        return link instanceof InterruptedException
                || link instanceof ClosedByInterruptException
                || link instanceof InterruptedIOException && !isTimeout(link);
    }

    /** Certificates (all of {@code java.security}'s checked failures), addresses and files that stay wrong. */
    static boolean isPermanent(Throwable link) {
        return link instanceof GeneralSecurityException
                || link instanceof SSLPeerUnverifiedException
                || link instanceof MalformedURLException
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
                || link instanceof IOException && isLostConnection(link.getMessage());
    }

    /** The HTTP client's and the channels' time-outs live outside {@code java.base} or share no type. */
    private static boolean isTimeout(Throwable link) {
        return link instanceof SocketTimeoutException
                || link instanceof IOException
                        && link.getClass().getSimpleName().endsWith("TimeoutException");
    }

    private static boolean isLostConnection(@Nullable String message) {
        if (message == null) {
            return false;
        }
        String text = message.substring(0, Math.min(200, message.length())).toLowerCase(Locale.ROOT);
        return text.equals(CUT) || LOST_CONNECTIONS.stream().anyMatch(text::contains);
    }
}
