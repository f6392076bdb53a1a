package dev.retrykit.failure;

import dev.retrykit.failure.Verdict.Kind;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's failures. Looked up over the whole cause chain: first what ends the matter (an attempt's timeout, whose
 * cause is an interruption; interruption; a failed certificate; a missing file), then what a database said, then what
 * the network did. Last, what failed before or beside the dependency.
 */
public final class JdkFailures {

    /** {@code java.sql} may be missing from a small run-time image. */
    private static final boolean SQL = isPresent("java.sql.SQLException");

    private JdkFailures() {}

    static @Nullable Verdict classify(Throwable failure) {
        return classify(failure, Causes.hasCause(failure));
    }

    /**
     * What a failure means; null if it is none of the JDK's.
     *
     * @param caused whether it has a cause, which takes a lock to ask
     */
    public static @Nullable Verdict classify(Throwable failure, boolean caused) {
        return caused ? classify(Causes.chain(failure)) : alone(failure);
    }

    private static @Nullable Verdict classify(List<Throwable> chain) {
        for (Throwable link : chain) {
            Verdict verdict = last(link);
            if (verdict != null) {
                return verdict;
            }
        }
        for (Throwable link : chain) {
            Verdict verdict = SQL ? SqlFailures.classify(link) : null;
            if (verdict != null) {
                return verdict;
            }
        }
        for (Throwable link : chain) {
            if (isTransient(link)) {
                return Verdict.retryable();
            }
        }
        return neutral(Causes.unwrap(chain.get(0)));
    }

    /** The same for a failure without a cause. */
    private static @Nullable Verdict alone(Throwable failure) {
        Verdict verdict = last(failure);
        if (verdict == null && SQL) {
            verdict = SqlFailures.classify(failure);
        }
        if (verdict != null) {
            return verdict;
        }
        return isTransient(failure) ? Verdict.retryable() : neutral(failure);
    }

    /** What ends the matter. */
    private static @Nullable Verdict last(Throwable link) {
        if (link instanceof AttemptTimeoutException) {
            return Verdict.retryable();
        }
        if (NetworkFailures.isInterruption(link)) {
            return Verdict.of(Kind.INTERRUPTED, Signal.NONE);
        }
        if (NetworkFailures.isPermanent(link)) {
            return link instanceof AccessDeniedException
                    ? Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE)
                    : Verdict.notRetryable();
        }
        return null;
    }

    private static boolean isTransient(Throwable link) {
        return link instanceof TimeoutException || NetworkFailures.isTransient(link);
    }

    private static @Nullable Verdict neutral(Throwable failure) {
        return isNeutral(failure) ? Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE) : null;
    }

    /** The caller's mistake, a right it hasn't got, or its own cancellation: nothing the dependency did. */
    private static boolean isNeutral(Throwable failure) {
        return failure instanceof IllegalArgumentException
                || failure instanceof SecurityException
                || failure instanceof CancellationException;
    }

    private static boolean isPresent(String type) {
        try {
            Class.forName(type, false, JdkFailures.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
