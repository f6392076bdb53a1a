package dev.retrykit.failure;

import dev.retrykit.failure.Verdict.Kind;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
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
    private static final Verdict TRANSIENT = Verdict.retryable().by("the JDK's rules: the network or a timeout");
    private static final Verdict NEUTRAL =
            Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE).by("the JDK's rules: an error of the caller");

    private JdkFailures() {}

    /** What a failure means; null if it is not one of the JDK's. */
    static @Nullable Verdict classify(Throwable failure) {
        Throwable cause = Causes.causeOf(failure);
        Verdict end = end(failure, cause);
        return end == null ? rest(failure, cause) : end;
    }

    /**
     * What is decisive anywhere in the chain; null if nothing is.
     *
     * @param cause the failure's cause, passed because reading it takes a lock
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

    /** What all other failures of the JDK mean; null if the chain holds none. */
    public static @Nullable Verdict rest(Throwable failure, @Nullable Throwable cause) {
        Verdict told = ofChain(failure, cause);
        return told == null ? neutral(failure) : told;
    }

    /** Invalid files and addresses, then the network and timeouts; null if the chain holds none of these. */
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

    /** Network failures and timeouts; null if the chain holds none of these. */
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
}
