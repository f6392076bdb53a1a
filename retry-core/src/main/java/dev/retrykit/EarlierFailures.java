package dev.retrykit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The failures of a call before its last one, and the request that is told how the call ends. Of many failures the first and
 * the latest are kept, so that a call that may fail a billion times doesn't fill the memory.
 */
final class EarlierFailures {

    private static final int KEPT = 64;

    /** Made by the first: a call that waits for its first retry has none. */
    private List<Throwable> failures = List.of();

    private @Nullable InboundRequest request;

    void add(@Nullable Throwable failure) {
        if (failure == null) {
            return;
        }
        if (failures.isEmpty()) {
            failures = new ArrayList<>(2);
        } else if (failures.size() == KEPT) {
            failures.remove(KEPT / 2);
        }
        failures.add(failure);
    }

    /** The call is made for a request, if that is known; the first that is known counts. */
    void of(@Nullable InboundRequest known) {
        if (request == null) {
            request = known;
        }
    }

    /** What the call is made for; null if that isn't known. */
    @Nullable
    InboundRequest request() {
        return request;
    }

    /** The call ends with its last failure; with null it ends with a value. */
    void endWith(@Nullable Throwable last, String policy, StopReason reason, int attempts, long tookNanos) {
        if (last != null) {
            Duration elapsed = Duration.ofNanos(tookNanos);
            InboundRequest.tell(request, last, new RetryStopped(policy, reason, attempts, elapsed, failures));
        }
    }
}
