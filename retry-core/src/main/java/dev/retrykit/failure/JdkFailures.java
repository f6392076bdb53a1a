package dev.retrykit.failure;

import dev.retrykit.failure.Verdict.Kind;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's failures. Asked over the whole cause chain: first what ends the matter (an attempt's timeout, whose cause is an
 * interruption; interruption; a failed certificate), then, after whoever knows more, a missing file and what the network did.
 * Last, what failed before or beside the dependency.
 */
public final class JdkFailures {

    private static final int DEEPEST = 50;

    private static final Verdict ATTEMPT_TIMEOUT = Verdict.retryable().by("attempt-timeout");
    private static final Verdict INTERRUPTED =
            Verdict.of(Kind.INTERRUPTED, Signal.NONE).by("an interruption");
    private static final Verdict DENIED =
            Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE).by("the JDK's rules: a right");
    private static final Verdict DISTRUSTED = Verdict.notRetryable().by("the JDK's rules: a certificate");
    private static final Verdict PERMANENT = Verdict.notRetryable().by("the JDK's rules: an address or a file");
    private static final Verdict TRANSIENT = Verdict.retryable().by("the JDK's rules: the network or a timeout");
    private static final Verdict NEUTRAL =
            Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE).by("the JDK's rules: the caller's own");

    private JdkFailures() {}

    /** What a failure means; null if it is none of the JDK's. */
    static @Nullable Verdict classify(Throwable failure) {
        Throwable cause = Causes.causeOf(failure);
        Verdict end = end(failure, cause);
        return end == null ? rest(failure, cause) : end;
    }

    /**
     * What ends the matter, wherever in the chain it stands; null if nothing does.
     *
     * @param cause its cause, which takes a lock to ask
     */
    public static @Nullable Verdict end(Throwable failure, @Nullable Throwable cause) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            if (link instanceof AttemptTimeoutException) {
                return ATTEMPT_TIMEOUT;
            }
            if (NetworkFailures.isInterruption(link)) {
                return INTERRUPTED;
            }
            if (NetworkFailures.isDistrusted(link)) {
                return DISTRUSTED;
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return null;
    }

    /** What everything else of the JDK means; null if nothing in the chain is the JDK's. */
    public static @Nullable Verdict rest(Throwable failure, @Nullable Throwable cause) {
        Verdict told = ofChain(failure, cause);
        return told == null ? neutral(failure) : told;
    }

    /** Files and addresses that are wrong, then the network and timeouts; null if neither is in the chain. */
    public static @Nullable Verdict ofChain(Throwable failure, @Nullable Throwable cause) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            if (NetworkFailures.isPermanent(link)) {
                return link instanceof AccessDeniedException ? DENIED : PERMANENT;
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return transientOf(failure, cause);
    }

    /** What the network did, and what took too long; null if neither is in the chain. */
    private static @Nullable Verdict transientOf(Throwable failure, @Nullable Throwable cause) {
        Throwable link = failure;
        for (int depth = 0; link != null && depth < DEEPEST; depth++) {
            if (link instanceof TimeoutException || NetworkFailures.isTransient(link)) {
                return TRANSIENT;
            }
            link = depth == 0 ? cause : Causes.causeOf(link);
        }
        return null;
    }

    /** The caller's mistake, a right it hasn't got, or its own cancellation: nothing the dependency did. Null for others. */
    private static @Nullable Verdict neutral(Throwable failure) {
        Throwable real = Causes.unwrap(failure);
        boolean neutral = real instanceof IllegalArgumentException
                || real instanceof SecurityException
                || real instanceof CancellationException;
        return neutral ? NEUTRAL : null;
    }
}
