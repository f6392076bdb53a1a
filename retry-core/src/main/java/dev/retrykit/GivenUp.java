package dev.retrykit;

import dev.retrykit.failure.Causes;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The failures on which inner calls of one attempt have given up. An inner call that outlives its attempt writes where
 * nobody looks any more. Kept here and never on the exceptions, which may be
 * shared by other calls. Thread-safe: an inner call may end on another thread.
 */
final class GivenUp {

    /** Of an attempt that swallows many inner failures only the latest can be the one it ends with. */
    private static final int KEPT = 16;

    /** Made by the first: most attempts have none. */
    private @Nullable Deque<Throwable> failures;

    /** Whether an inner call that ends so has done what retries can do. */
    static boolean isBy(StopReason reason) {
        return switch (reason) {
            case EXHAUSTED, TIME_BUDGET, RETRY_BUDGET, RETRY_AFTER_TOO_LONG, VETOED, NESTED -> true;
            case SUCCESS, NOT_RETRYABLE, NOT_IDEMPOTENT, CIRCUIT_OPEN, INTERRUPTED, CANCELLED, DRY_RUN -> false;
        };
    }

    synchronized void add(Throwable failure) {
        Deque<Throwable> known = failures == null ? new ArrayDeque<>(2) : failures;
        if (known.size() == KEPT) {
            known.removeFirst();
        }
        known.addLast(failure);
        failures = known;
    }

    /** Whether one of them is the failure or in its cause chain. */
    synchronized boolean includes(Throwable failure) {
        if (failures == null) {
            return false;
        }
        for (Throwable link : Causes.chain(failure)) {
            for (Throwable given : failures) {
                if (given == link) {
                    return true;
                }
            }
        }
        return false;
    }
}
