package dev.retrykit.spring.failure;

import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionSystemException;

/**
 * Spring's failures of data access and transactions. What the JDK's rules read in the causes decides: Spring turns some
 * connections that were lost into types that it calls permanent. Only then the type does. A commit that failed may have
 * been done, unless it is known that the database answered or rolled back.
 */
public final class DataFailures implements KnownFailures {

    private static final Verdict UNKNOWN_EFFECT = Verdict.of(Kind.NOT_IDEMPOTENT, Signal.FAILURE);

    /** Without state. */
    public DataFailures() {}

    @Override
    public @Nullable Verdict classify(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        if (chain.stream().noneMatch(DataTypes::isSprings)) {
            return null;
        }
        Verdict known = known(failure, chain);
        if (chain.stream().anyMatch(Commits::failed)) {
            return isFinal(known) || Commits.isRolledBack(chain) ? known : UNKNOWN_EFFECT;
        }
        Verdict reason = reasonOfRollback(chain);
        return reason == null ? known : reason;
    }

    /** Whether a commit that failed certainly left nothing: the database has answered, or rolled back. */
    public static boolean isUndone(Throwable failure) {
        List<Throwable> chain = Causes.chain(failure);
        Verdict known = known(failure, chain);
        return known != null && known.signal() == Signal.SUCCESS || Commits.isRolledBack(chain);
    }

    private static @Nullable Verdict known(Throwable failure, List<Throwable> chain) {
        Verdict told = FailureClassifier.jdk().classify(failure);
        return told == null ? DataTypes.verdict(chain) : told;
    }

    /** An answer, a mistake of the caller, an interruption: whatever came of the commit, they stay what they are. */
    private static boolean isFinal(@Nullable Verdict known) {
        return known != null && known.kind() != Kind.RETRYABLE && known.signal() != Signal.FAILURE;
    }

    /** Where a rollback failed too, its failure is thrown, and keeps beside its cause why there was a rollback. */
    private static @Nullable Verdict reasonOfRollback(List<Throwable> chain) {
        for (Throwable link : chain) {
            Throwable reason =
                    link instanceof TransactionSystemException system ? system.getApplicationException() : null;
            if (reason != null) {
                return known(reason, Causes.chain(reason));
            }
        }
        return null;
    }
}
