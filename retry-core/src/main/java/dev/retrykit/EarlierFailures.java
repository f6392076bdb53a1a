package dev.retrykit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The failures of a call before its last one. Of many the first and the latest are kept: what it began with, and what it
 * came to. A call that may fail a billion times must not fill the memory with what nobody reads.
 */
final class EarlierFailures {

    private static final int KEPT = 64;

    /** Made by the first: a call that waits for its first retry has none. */
    private List<Throwable> failures = List.of();

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

    /** Oldest first. */
    List<Throwable> list() {
        return List.copyOf(failures);
    }
}
