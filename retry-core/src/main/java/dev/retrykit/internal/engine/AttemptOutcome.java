package dev.retrykit.internal.engine;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.event.AttemptResult;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.internal.decision.FailureRules;
import dev.retrykit.internal.decision.SuppressedFailures;
import org.jspecify.annotations.Nullable;

/**
 * The result of an attempt, and its signal for circuits and budgets.
 *
 * @param result how it counts in the policy's meters
 * @param failure what it failed with; null if it returned a value, or was abandoned
 * @param status the HTTP status of the failure or the value; 0 if it has none
 * @param signal the signal of the outcome itself
 * @param settled whether a circuit gets that signal, whatever it records
 */
public record AttemptOutcome(
        AttemptResult result, @Nullable Throwable failure, int status, Signal signal, boolean settled) {

    private static final int SIGNALS = Signal.values().length;

    /** The attempt was cancelled. */
    static final AttemptOutcome CANCELLED = new AttemptOutcome(AttemptResult.PERMANENT, null, 0, Signal.NONE, true);

    private static final AttemptOutcome SUCCESS =
            new AttemptOutcome(AttemptResult.SUCCESS, null, 0, Signal.SUCCESS, true);

    /** Shared outcomes, by result and signal, for failures that no circuit classifies. */
    private static final AttemptOutcome[] COUNTED = new AttemptOutcome[AttemptResult.values().length * SIGNALS];

    static {
        for (AttemptResult result : AttemptResult.values()) {
            for (Signal signal : Signal.values()) {
                COUNTED[index(result, signal)] = new AttemptOutcome(result, null, 0, signal, true);
            }
        }
    }

    /** An outcome with result and signal only, for attempts without a circuit and an observer. */
    static AttemptOutcome counted(AttemptResult result, Signal signal) {
        return COUNTED[index(result, signal)];
    }

    /** How a failed attempt counts. */
    static AttemptResult resultOf(Verdict verdict, @Nullable Throwable failure) {
        if (failure instanceof AttemptTimeoutException) {
            return AttemptResult.TIMEOUT;
        }
        return verdict.kind() == Kind.RETRYABLE ? AttemptResult.RETRYABLE : AttemptResult.PERMANENT;
    }

    private static int index(AttemptResult result, Signal signal) {
        return result.ordinal() * SIGNALS + signal.ordinal();
    }

    /**
     * The attempt continues after its time is up.
     *
     * @param inherited whether it was the time of an enclosing call
     */
    static AttemptOutcome timeUp(boolean inherited) {
        return counted(AttemptResult.TIMEOUT, inherited ? Signal.NONE : Signal.FAILURE);
    }

    /** A good value. Its status is read only for a circuit that records statuses. */
    public static AttemptOutcome good(RetryEngine retry, @Nullable Object value) {
        Circuit circuit = retry.circuit();
        boolean asked = circuit != null && circuit.policy().recorded().readsStatuses();
        int status = asked ? retry.policy().results().status(value) : 0;
        return status == 0 ? SUCCESS : new AttemptOutcome(AttemptResult.SUCCESS, null, status, Signal.SUCCESS, false);
    }

    /**
     * A failure, or a rejected value.
     *
     * @param signal its signal, considering that an inner circuit may have counted it already
     */
    static AttemptOutcome of(@Nullable Throwable failure, Verdict verdict, Signal signal) {
        boolean beside =
                signal == Signal.NONE && (verdict.signal() != Signal.NONE || isBeside(failure, verdict.kind()));
        return new AttemptOutcome(resultOf(verdict, failure), failure, verdict.status(), signal, beside);
    }

    /** Whether the outcome says nothing about the dependency, whatever its type. */
    private static boolean isBeside(@Nullable Throwable failure, Kind kind) {
        return kind == Kind.INTERRUPTED
                || kind == Kind.NOT_IDEMPOTENT
                || failure instanceof AttemptTimeoutException
                || failure != null && FailureRules.isRejected(failure);
    }

    /** Whether the circuit's settings ignore it. A predicate that throws ignores nothing. */
    boolean isIgnoredBy(@Nullable Circuit circuit) {
        if (circuit == null || failure == null && status == 0) {
            return false;
        }
        try {
            return circuit.policy().ignored().selects(failure, status);
        } catch (Throwable predicateFailed) {
            note(predicateFailed);
            return false;
        }
    }

    /**
     * The signal for a circuit that does not ignore the outcome. If a predicate throws, the signal of the outcome
     * itself.
     */
    public Signal recordedBy(Circuit circuit) {
        try {
            return settled ? signal : circuit.policy().recorded().signal(signal, failure, status);
        } catch (Throwable predicateFailed) {
            note(predicateFailed);
            return signal;
        }
    }

    private void note(Throwable predicateFailed) {
        if (failure != null) {
            SuppressedFailures.addOnce(failure, predicateFailed);
        }
    }
}
