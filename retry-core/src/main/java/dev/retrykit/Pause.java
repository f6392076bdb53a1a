package dev.retrykit;

import dev.retrykit.time.TimeSource;
import dev.retrykit.timer.NonBlockingTask;
import org.jspecify.annotations.Nullable;

/** The delay of an asynchronous call: a task on the timer, and no thread. */
final class Pause extends Step implements NonBlockingTask {

    private static final long serialVersionUID = 1;

    private final transient StageDriver<?> driver;
    private transient volatile TimeSource.@Nullable Scheduled scheduled;

    Pause(StageDriver<?> driver) {
        this.driver = driver;
    }

    void begin(long delayNanos) {
        try {
            driver.await(this);
            scheduled = driver.call().retry().time().schedule(this, delayNanos);
        } catch (Throwable refused) {
            if (claim()) {
                driver.follow(driver.call()::cancelled);
            }
        }
        if (get()) {
            abandon();
        }
    }

    /** On the timer. */
    @Override
    public void run() {
        if (claim()) {
            new Handover(driver, this, driver::next, driver.call()::cancelled).begin();
        }
    }

    /** A delay ends before the call's time does. */
    @Override
    void timeIsOver() {}

    @Override
    boolean isBeforeRetry() {
        return true;
    }

    @Override
    void abandon() {
        cancel(scheduled);
    }
}
