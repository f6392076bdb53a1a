package dev.retrykit.internal.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The failures of a call before its last one. If there are many, the first and the latest are kept, so that a call that
 * fails a billion times does not fill the memory.
 */
public final class FailureHistory {

    private static final int KEPT = 64;

    private FailureHistory() {}

    /**
     * The list with which the call continues. The first failure creates it: a call that waits for its first retry has
     * none.
     */
    public static List<Throwable> with(@Nullable Throwable failure, List<Throwable> known) {
        if (failure == null) {
            return known;
        }
        List<Throwable> failures = known.isEmpty() ? new ArrayList<>(2) : known;
        if (failures.size() == KEPT) {
            failures.remove(KEPT / 2);
        }
        failures.add(failure);
        return failures;
    }
}
