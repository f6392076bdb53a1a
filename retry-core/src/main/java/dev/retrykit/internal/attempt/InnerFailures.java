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

/** On what inner calls of one attempt have given up, and which circuits have counted that. Thread-safe. */
final class InnerFailures {

    /** Of an attempt that swallows many inner failures only the latest can be the one it ends with. */
    private static final int KEPT = 16;

    // under this object's lock, as all that follows
    private @Nullable Deque<Throwable> givenUp;

    private @Nullable BitSet givenUpStatuses;

    /** Whether a circuit has counted the attempts of an inner call that gave up. */
    private boolean counted;

    /** Circuits that have let inner calls pass uncounted, within an attempt around, and these have failed. */
    private Set<Circuit> uncounted = Set.of();

    /** Whether an inner call that ends so has done what retries can do. */
    static boolean isGivenUp(StopReason reason) {
        return switch (reason) {
            case EXHAUSTED, TIME_BUDGET, RETRY_BUDGET, RETRY_AFTER_TOO_LONG, VETOED, NESTED -> true;
            case SUCCESS, NOT_RETRYABLE, NOT_IDEMPOTENT, CIRCUIT_OPEN, INTERRUPTED, CANCELLED, DRY_RUN -> false;
        };
    }

    /** An inner call has given up on a failure, or on an answer that it returned: the attempt may make a failure of it. */
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

    /** Whether an inner call has given up on the failure, on one in its cause chain, or on an answer of that status. */
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
     * Whether a circuit has counted what was given up on.
     *
     * @param circuit that of the attempt, which counts it itself if it has let an inner call fail uncounted; null for none
     */
    synchronized boolean isCountedFor(@Nullable Circuit circuit) {
        return counted && (circuit == null || !uncounted.contains(circuit));
    }

    /** An inner call has failed, which the circuit has let pass uncounted, and these have let pass others inside of it. */
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

    /** Never changed. */
    synchronized Set<Circuit> uncounted() {
        return uncounted;
    }
}
