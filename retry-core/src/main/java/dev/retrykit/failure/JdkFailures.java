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
final class JdkFailures {

    /** {@code java.sql} may be missing from a small run-time image. */
    private static final boolean SQL = isPresent("java.sql.SQLException");

    private JdkFailures() {}

    static @Nullable Verdict classify(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        for (Throwable link : chain) {
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
        }
        Verdict verdict = SQL ? SqlFailures.classify(chain) : null;
        return verdict != null ? verdict : transientOrNeutral(chain);
    }

    private static @Nullable Verdict transientOrNeutral(List<Throwable> chain) {
        for (Throwable link : chain) {
            if (link instanceof TimeoutException || NetworkFailures.isTransient(link)) {
                return Verdict.retryable();
            }
        }
        return isNeutral(Causes.unwrap(chain.get(0))) ? Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE) : null;
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
