package dev.retrykit.internal.attempt;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.Verdict;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The failures on which inner calls of one attempt have given up, and which circuits have counted them. Thread-safe.
 */
final class InnerFailures {

    /** If an attempt swallows many inner failures, only the latest can be the one that it ends with. */
    private static final int KEPT = 16;

    // guarded by this object's lock, like all that follows
    private @Nullable Deque<Throwable> givenUp;

    private @Nullable BitSet givenUpStatuses;

    /** Whether a circuit has counted the attempts of an inner call that gave up. */
    private boolean counted;

    /** Circuits that let inner calls pass uncounted within an enclosing attempt, where these calls failed. */
    private Set<Circuit> uncounted = Set.of();

    /** Whether an inner call that ends for this reason has exhausted what retries can do. */
    static boolean isGivenUp(StopReason reason) {
        return switch (reason) {
            case EXHAUSTED, TIME_BUDGET, RETRY_BUDGET, RETRY_AFTER_TOO_LONG, VETOED, NESTED -> true;
            case SUCCESS, NOT_RETRYABLE, NOT_IDEMPOTENT, CIRCUIT_OPEN, INTERRUPTED, CANCELLED, DRY_RUN -> false;
        };
    }

    /**
     * An inner call has given up on a failure, or on a response that it returned, which the attempt may turn into a
     * failure.
     */
    synchronized void giveUpOn(@Nullable Throwable failure, Verdict verdict, boolean byCircuit) {
        counted |= byCircuit;
        if (failure == null) {
            givenUpStatuses = givenUpStatuses == null ? new BitSet() : givenUpStatuses;
            givenUpStatuses.set(verdict.status());
            return;
        }
        givenUp = givenUp == null ? new ArrayDeque<>(2) : givenUp;
        if (givenUp.size() == KEPT) {
            givenUp.removeFirst();
        }
        givenUp.addLast(failure);
    }

    /**
     * Whether an inner call has given up on the failure, on one in its cause chain, or on a response with that status.
     */
    synchronized boolean hasGivenUpOn(@Nullable Throwable failure, Verdict verdict) {
        if (verdict.status() != 0 && givenUpStatuses != null && givenUpStatuses.get(verdict.status())) {
            return true;
        }
        if (failure == null || givenUp == null) {
            return false;
        }
        for (Throwable link : Causes.chain(failure)) {
            for (Throwable given : givenUp) {
                if (given == link) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether a circuit has counted the failures that were given up on.
     *
     * @param circuit the attempt's circuit, which counts the failure itself if it let an inner call fail uncounted;
     *     null for none
     */
    synchronized boolean isCountedFor(@Nullable Circuit circuit) {
        return counted && (circuit == null || !uncounted.contains(circuit));
    }

    /**
     * Records the failure of an inner call: the circuit that let it pass uncounted, and the circuits that let calls
     * inside it pass uncounted.
     */
    synchronized void leaveUncounted(@Nullable Circuit passed, Set<Circuit> inside) {
        if (passed != null || !inside.isEmpty()) {
            Set<Circuit> all = new HashSet<>(uncounted);
            all.addAll(inside);
            if (passed != null) {
                all.add(passed);
            }
            uncounted = all;
        }
    }

    /** The returned set never changes. */
    synchronized Set<Circuit> uncounted() {
        return uncounted;
    }
}
