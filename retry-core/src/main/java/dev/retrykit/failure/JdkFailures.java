package dev.retrykit.failure;

import dev.retrykit.failure.Verdict.Kind;
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
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's failures. The whole cause chain is checked in this order: first what is decisive by itself (an attempt
 * timeout, whose cause is an interruption; an interruption; an invalid certificate), then, if no more specific rule
 * applies, a missing file and network failures. Last, what failed before the dependency was reached.
 */
public final class JdkFailures {

    private static final int DEEPEST = 50;

    private static final Verdict ATTEMPT_TIMEOUT = Verdict.retryable().by("attempt-timeout");
    private static final Verdict INTERRUPTED =
            Verdict.of(Kind.INTERRUPTED, Signal.NONE).by("an interruption");
    private static final Verdict DENIED =
            Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE).by("the JDK's rules: a missing permission");
    private static final Verdict DISTRUSTED = Verdict.notRetryable().by("the JDK's rules: a certificate");
    private static final Verdict PERMANENT = Verdict.notRetryable().by("the JDK's rules: an address or a file");
    private static final Verdict NOT_FOUND =
            Verdict.of(Kind.NOT_RETRYABLE, Signal.SUCCESS).by("the JDK's rules: an HTTP response");
    private static final Verdict TRANSIENT = Verdict.retryable().by("the JDK's rules: the network or a timeout");
    private static final Verdict NEUTRAL =
            Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE).by("the JDK's rules: an error of the caller");

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
            "unexpected end of zlib",
            "source exhausted prematurely",
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

    /** The complete message of a blocking socket whose virtual thread was interrupted. */
    private static final String SOCKET_INTERRUPTED = "Closed by interrupt";

    /** Clients without an exception for responses: {@code HttpURLConnection}, and tunnels through proxies. */
    private static final Pattern RESPONSE = Pattern.compile("(?:server returned http response code: "
            + "|unable to tunnel through proxy\\. proxy returns \"http/1\\.\\d |tunnel failed, got: "
            + "|unexpected response code for connect: )(\\d{3})\\b");

    /** Reads and writes of channels fail with an {@code IOException} in the language of the operating system. */
    private static final String CHANNEL = "sun.nio.ch.SocketDispatcher";

    private static final int TOP_FRAMES = 3;

    private static final Set<String> TIMEOUTS = Set.of("timeout", "deadline reached");

    private JdkFailures() {}

    /** The verdict on a failure; null if it is not one of the JDK's. */
    static @Nullable Verdict classify(Throwable failure) {
        Throwable cause = Causes.causeOf(failure);
        Verdict end = end(failure, cause);
        return end == null ? rest(failure, cause) : end;
    }

    /**
     * The verdict that is decisive anywhere in the chain; null if none is.
     *
     * @param cause the failure's cause, passed because reading it takes a lock
     */
    public static @Nullable Verdict end(Throwable failure, @Nullable Throwable cause) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            if (link instanceof AttemptTimeoutException) {
                return ATTEMPT_TIMEOUT;
            }
            if (isInterruption(link)) {
                return INTERRUPTED;
            }
            if (isDistrusted(link)) {
                return DISTRUSTED;
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return null;
    }

    /** The verdict on all other failures of the JDK; null if the chain holds none. */
    public static @Nullable Verdict rest(Throwable failure, @Nullable Throwable cause) {
        Verdict told = ofChain(failure, cause);
        return told == null ? neutral(failure) : told;
    }

    /** Invalid files and addresses, then the network and timeouts; null if the chain holds none of these. */
    public static @Nullable Verdict ofChain(Throwable failure, @Nullable Throwable cause) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            Verdict response = ofResponse(link);
            if (response != null) {
                return response;
            }
            if (isPermanent(link)) {
                return link instanceof AccessDeniedException ? DENIED : PERMANENT;
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return transientOf(failure, cause);
    }

    /**
     * Returns what a response means that a client reports by a message; null for other failures.
     * {@code HttpURLConnection} reports 404 and 410 as a missing file, with the address as the message.
     */
    private static @Nullable Verdict ofResponse(Throwable link) {
        if (link instanceof FileNotFoundException) {
            String address = beginning(Causes.message(link));
            return address.startsWith("http://") || address.startsWith("https://") ? NOT_FOUND : null;
        }
        Matcher status =
                link.getClass() == IOException.class ? RESPONSE.matcher(beginning(Causes.message(link))) : null;
        return status != null && status.lookingAt() && status.group(1).charAt(0) >= '4'
                ? Verdict.ofStatus(Integer.parseInt(status.group(1))).by(NOT_FOUND.rule())
                : null;
    }

    /** Network failures and timeouts; null if the chain holds none of these. */
    private static @Nullable Verdict transientOf(Throwable failure, @Nullable Throwable cause) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            if (link instanceof TimeoutException || isTransient(link)) {
                return TRANSIENT;
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return null;
    }

    /**
     * An error, a missing permission or a cancellation of the caller, which says nothing about the dependency; null for
     * other failures.
     */
    private static @Nullable Verdict neutral(Throwable failure) {
        Throwable real = Causes.unwrap(failure);
        boolean neutral = real instanceof IllegalArgumentException
                || real instanceof SecurityException
                || real instanceof CancellationException;
        return neutral ? NEUTRAL : null;
    }

    /**
     * Clients also report a timeout as interrupted I/O: {@link SocketTimeoutException} is a subclass, OkHttp's has the
     * message "timeout", HttpComponents has its own types, and OkHttp's full executor is reported the same way. It is
     * an interruption if the thread's flag is still set, or if it is the JDK's own type. A socket of a virtual thread
     * reports an interruption as a closed socket.
     */
    private static boolean isInterruption(Throwable link) {
        return link instanceof InterruptedException
                || link instanceof ClosedByInterruptException
                || link instanceof SocketException && SOCKET_INTERRUPTED.equals(Causes.message(link))
                || link instanceof InterruptedIOException && !isTimeout(link) && isInterrupted(link);
    }

    private static boolean isInterrupted(Throwable link) {
        return Thread.currentThread().isInterrupted()
                || link.getClass() == InterruptedIOException.class
                        && !(Causes.causeOf(link) instanceof RejectedExecutionException);
    }

    /** Certificates: all checked exceptions of {@code java.security}. */
    private static boolean isDistrusted(Throwable link) {
        return link instanceof GeneralSecurityException || link instanceof SSLPeerUnverifiedException;
    }

    /** Addresses and files that stay invalid. */
    private static boolean isPermanent(Throwable link) {
        return link instanceof MalformedURLException
                || link instanceof URISyntaxException
                || link instanceof FileNotFoundException
                || link instanceof FileSystemException;
    }

    private static boolean isTransient(Throwable link) {
        return link instanceof SocketException
                || link instanceof UnknownHostException
                || link instanceof UnresolvedAddressException
                || link instanceof ClosedChannelException
                || isTimeout(link)
                || link instanceof IOException && (isLostConnection(Causes.message(link)) || isOfChannel(link));
    }

    private static boolean isOfChannel(Throwable link) {
        if (link.getClass() == IOException.class) {
            StackTraceElement[] frames = Causes.stackTrace(link);
            for (int i = 0; i < Math.min(TOP_FRAMES, frames.length); i++) {
                if (frames[i].getClassName().equals(CHANNEL)) {
                    return true;
                }
            }
        }
        return false;
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
        String text = beginning(message);
        return text.equals(CUT) || LOST_CONNECTIONS.stream().anyMatch(text::contains);
    }

    private static String beginning(@Nullable String message) {
        return message == null
                ? ""
                : message.substring(0, Math.min(200, message.length())).toLowerCase(Locale.ROOT);
    }
}
