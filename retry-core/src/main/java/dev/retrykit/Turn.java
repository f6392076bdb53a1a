package dev.retrykit;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does what follows in an asynchronous call. What comes up for the same thread meanwhile is done after it, so
 * that the stack doesn't grow. For that thread alone.
 */
final class Turn {

    private final Thread thread = Thread.currentThread();
    private @Nullable Supplier<Decision> next;

    /** Whether it is this thread's. */
    boolean isOwn() {
        return thread == Thread.currentThread();
    }

    void add(Supplier<Decision> question) {
        next = question;
    }

    @Nullable
    Supplier<Decision> takeNext() {
        Supplier<Decision> taken = next;
        next = null;
        return taken;
    }
}
