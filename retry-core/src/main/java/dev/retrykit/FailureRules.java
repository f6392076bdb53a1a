package dev.retrykit;

import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.failure.AttemptOverException;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.JdkFailures;
import dev.retrykit.failure.KnownFailures;
import dev.retrykit.failure.RetryHint;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.http.AnswerRules;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure means to one policy, asked in the contract's order: abort-on, a veto or a hint, statuses, retry-on,
 * the classifiers, the JDK's rules. What a failure tells about the dependency doesn't depend on the policy's own lists.
 *
 * @param abortOn failures that are never retried
 * @param retryOn failures that are retried besides those that are known
 * @param classifiers asked in order before the JDK's rules
 * @param answers what the answers of peers mean; statuses that the policy lists come before retryOn
 * @param known whether {@link KnownFailures} say what is retried
 * @param idempotent whether a second effect does no harm
 */
record FailureRules(
        List<Class<? extends Throwable>> abortOn,
        List<Class<? extends Throwable>> retryOn,
        List<FailureClassifier> classifiers,
        AnswerRules answers,
        boolean known,
        boolean idempotent) {

    /**
     * What a failure means.
     *
     * @param answer what the attempt was answered last; null if it was answered well, or nothing
     */
    Verdict classify(Throwable failure, @Nullable PeerAnswer answer) {
        try {
            return settle(failure, answer);
        } catch (Throwable classifierFailed) {
            Suppressed.addOnce(failure, classifierFailed);
            return Verdict.notRetryable();
        }
    }

    private Verdict settle(Throwable failure, @Nullable PeerAnswer answer) {
        boolean caused = Causes.hasCause(failure);
        Verdict own = ofRejection(general(failure, caused), failure, caused);
        Verdict general = answer == null || isOurs(failure) ? own : answer.judge(own, failure, answers);
        if (!abortOn.isEmpty() && Causes.anyInstance(failure, abortOn)) {
            return general.as(Kind.NOT_RETRYABLE).withoutHint();
        }
        if (general.kind() == Kind.VETOED || general.kind() == Kind.INTERRUPTED) {
            return general;
        }
        if (failure instanceof InterruptedException) {
            return Verdict.of(Kind.INTERRUPTED, Signal.NONE);
        }
        if (failure instanceof RetryHint hint) {
            return hinted(general, hint);
        }
        boolean listed = own.status() != 0 && answers.statuses() != null;
        if (!listed && Causes.anyInstance(failure, retryOn)) {
            return general.as(retryable(general));
        }
        if (failure instanceof Error) {
            return general.as(Kind.NOT_RETRYABLE);
        }
        Verdict last = known || listed ? general : general.as(withoutKnowledge(failure, general));
        return last.kind() == Kind.NOT_IDEMPOTENT && idempotent ? last.as(Kind.RETRYABLE) : last;
    }

    /** What the application's own classifiers say, or the answer where the policy lists statuses. */
    private Kind withoutKnowledge(Throwable failure, Verdict general) {
        if (general.status() != 0 && answers.statuses() != null) {
            return general.kind();
        }
        for (FailureClassifier classifier : classifiers) {
            Verdict verdict = classifier instanceof KnownFailures ? null : opinion(classifier, failure);
            if (verdict != null) {
                return verdict.kind();
            }
        }
        return Kind.NOT_RETRYABLE;
    }

    /**
     * What a classifier says. The policy's list of statuses also rules a status that an application's classifier names; the
     * library's classifiers have looked it up themselves.
     */
    private @Nullable Verdict opinion(FailureClassifier classifier, Throwable failure) {
        Verdict verdict = classifier.classify(failure);
        if (verdict == null || verdict.status() == 0 || classifier instanceof KnownFailures) {
            return verdict;
        }
        return answers.listed(verdict);
    }

    /** Naming a type can't make an effect safe to repeat. */
    private Kind retryable(Verdict general) {
        return general.kind() == Kind.NOT_IDEMPOTENT && !idempotent ? Kind.NOT_IDEMPOTENT : Kind.RETRYABLE;
    }

    /** The first opinion holds, but a peer's veto comes before all of them. */
    private Verdict general(Throwable failure, boolean caused) {
        Verdict first = null;
        for (int i = 0; i < classifiers.size(); i++) {
            Verdict verdict = opinion(classifiers.get(i), failure);
            if (verdict != null && verdict.kind() == Kind.VETOED) {
                return verdict;
            }
            first = first == null ? verdict : first;
        }
        Verdict verdict = first == null ? JdkFailures.classify(failure, caused) : first;
        if (verdict != null) {
            return verdict;
        }
        if (failure instanceof PeerBusyException busy) {
            return Verdict.of(Kind.NOT_RETRYABLE, Signal.NONE).withRetryAfter(busy.retryAfter());
        }
        return isOurs(failure) ? Verdict.notRetryable() : Verdict.unknown();
    }

    /** A rejection tells circuits and budgets nothing: the dependency was not reached. */
    private static Verdict ofRejection(Verdict verdict, Throwable failure, boolean caused) {
        return (caused ? isRejected(failure) : isRejection(failure)) ? verdict.withSignal(Signal.NONE) : verdict;
    }

    /** Whether it tells, or comes from, that something never reached the dependency. */
    static boolean isRejected(Throwable failure) {
        return Causes.anyMatch(failure, FailureRules::isRejection);
    }

    /** By a circuit, by a peer that asked for time, by a full pool, or since the attempt was over. */
    private static boolean isRejection(Throwable failure) {
        return failure instanceof CircuitOpenException
                || failure instanceof PeerBusyException
                || failure instanceof AttemptOverException
                || failure instanceof RejectedExecutionException;
    }

    /** What an inner call ended with when there was no failure of a dependency to give. */
    private static boolean isOurs(Throwable failure) {
        return failure instanceof CircuitOpenException
                || failure instanceof TimeBudgetSpentException
                || failure instanceof PeerBusyException
                || failure instanceof AttemptOverException;
    }

    private Verdict hinted(Verdict general, RetryHint hint) {
        if (!hint.retryable()) {
            return general.as(Kind.NOT_RETRYABLE).withoutHint();
        }
        Verdict hinted = general.as(retryable(general));
        return hint.retryAfter().map(hinted::withRetryAfter).orElse(hinted);
    }
}
