package dev.retrykit;

import dev.retrykit.time.TimeSource;
import dev.retrykit.timer.NonBlockingTask;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets work off the timer. It waits for a thread of the executor, which may be slow to come and may never come: what
 * waits can still be cancelled, and a call for which there is no thread until its time is over ends without it.
 */
final class Handover extends Step implements NonBlockingTask {

    private static final long serialVersionUID = 1;

    /** How long at least it waits, so that a call whose time is over already gets a thread if there is one. */
    private static final long LEAST_NANOS = 1_000_000_000;

    private final transient StageDriver<?> driver;
    private final transient Step before;
    private final transient Supplier<Decision> work;
    private final transient Supplier<Decision> otherwise;

    /** Whether it has a time of its own to wait, since the call has less. */
    private final boolean spared;

    private transient volatile TimeSource.@Nullable Scheduled limit;

    /**
     * Of work that is the executor's.
     *
     * @param before the claimed step that it ends
     * @param work what the executor does, and a thread of the retry's own once the call's time is over
     * @param otherwise what is done if the executor, whatever it throws, doesn't take it
     */
    Handover(StageDriver<?> driver, Step before, Supplier<Decision> work, Supplier<Decision> otherwise) {
        this.driver = driver;
        this.before = before;
        this.work = work;
        this.otherwise = otherwise;
        this.spared = driver.call().deadlineNanos() - retry().time().nanoTime() < LEAST_NANOS;
    }

    void begin() {
        try {
            if (spared) {
                limit = retry().time().schedule(this, LEAST_NANOS);
            }
            driver.await(this);
            retry().offTimer().execute(this);
        } catch (Throwable notTaken) {
            run(otherwise);
        }
        if (get()) {
            cancel(limit);
        }
        driver.endIfDone();
    }

    /** Gives the work to the executor, which may block this thread, unless the step has ended. */
    void execute(Executor executor) {
        try {
            if (!get()) {
                executor.execute(this::work);
            }
        } catch (Throwable notTaken) {
            run(otherwise);
        }
    }

    private Retry retry() {
        return driver.call().retry();
    }

    /** On the timer: there has been no thread for it until its time was over. */
    @Override
    public void run() {
        retry().offTimer().run(this::work);
    }

    @Override
    void timeIsOver() {
        if (!spared && !get()) {
            run();
        }
    }

    private void work() {
        driver.inContext(() -> run(work));
    }

    private void run(Supplier<Decision> chosen) {
        if (claim()) {
            retry().offTimer().run(() -> {
                abandon();
                driver.follow(chosen);
            });
        }
    }

    @Override
    boolean isBeforeRetry() {
        return before.isBeforeRetry();
    }

    @Override
    void abandon() {
        cancel(limit);
        before.abandon();
    }
}
