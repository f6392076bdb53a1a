package dev.retrykit;

import dev.retrykit.time.TimeSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What an asynchronous call waits for. True once it is claimed: whoever claims it alone decides what follows. */
abstract class Step extends AtomicBoolean {

    private static final long serialVersionUID = 1;

    final boolean claim() {
        return compareAndSet(false, true);
    }

    /** Whether a retry comes next, which a shutdown doesn't wait for. */
    abstract boolean isBeforeRetry();

    /** The call's time is over. Perhaps told twice, perhaps told to a step that has been claimed. */
    abstract void timeIsOver();

    /** Stops what the step waits for. The step has been claimed. Never throws. */
    abstract void abandon();

    /** Takes a task off the timer, if there is one. */
    static void cancel(TimeSource.@Nullable Scheduled pending) {
        if (pending != null) {
            quietly(pending::cancel);
        }
    }

    /** What isn't wanted any more may refuse to go, but nobody waits for it. */
    static void quietly(Runnable cancelling) {
        try {
            cancelling.run();
        } catch (Throwable refused) {
            // its result is ignored, whatever it is
        }
    }
}
