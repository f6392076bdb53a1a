package dev.retrykit;

import dev.retrykit.function.ThrowingRunnable;
import dev.retrykit.time.TimeSource;
import java.time.Duration;

/** A thread in an attempt that is interrupted at its limit, and another thread that is timer, and more than that. */
abstract class TimedCaller {

    private static final RetryPolicy ONE_TIMED_ATTEMPT = RetryPolicy.builder()
            .maxAttempts(1)
            .attemptTimeout(Duration.ofSeconds(1))
            .build();

    // A class loader clears the interrupt flag while it reads a class, and sets it again afterwards: an interrupt that
    // a
    // timer meets then can't be seen by anybody. So what the races use is loaded before they begin.
    static {
        HandTimer outer = new HandTimer();
        HandTimer inner = new HandTimer();
        outcome(() -> retry(outer)
                .run(() -> retry(inner).run(() -> {
                    Thread.currentThread().interrupt();
                    inner.fire();
                    outer.fire();
                    throw new Failure();
                })));
        Thread.interrupted();
    }

    private final Meeting meeting = new Meeting();
    private volatile Thread caller = Thread.currentThread();
    private volatile boolean otherIsDone;

    static Retry retry(TimeSource clock) {
        return Retry.builder("raced")
                .policy(ONE_TIMED_ATTEMPT)
                .timeSource(clock)
                .build();
    }

    /** What the call ended with. */
    static <X extends Throwable> String outcome(ThrowingRunnable<X> call) {
        try {
            call.run();
            return "result";
        } catch (Throwable failure) {
            return failure.getClass().getSimpleName();
        }
    }

    /** In the attempt: from here on, the other thread may do what it does. */
    final void begin() {
        caller = Thread.currentThread();
        meeting.await();
    }

    /** The other thread: once the attempt has begun. */
    final void meanwhile(Runnable work) {
        meeting.await();
        work.run();
        otherIsDone = true;
    }

    /** The other thread: interrupts the caller, as somebody who doesn't know of retries does. */
    final void interrupt() {
        caller.interrupt();
    }

    /** The caller: until the other thread has done all that it does. */
    final void awaitOther() {
        while (!otherIsDone) {
            Thread.onSpinWait();
        }
    }

    /** Fails without the price of a stack trace. */
    static final class Failure extends Exception {

        private static final long serialVersionUID = 1;

        Failure() {
            super("failed", null, false, false);
        }
    }
}
