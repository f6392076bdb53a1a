package dev.retrykit;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import dev.retrykit.timer.NonBlockingTask;
import dev.retrykit.timer.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts the caller's own thread when an attempt takes too long.
 *
 * <p>The timer only says that the time is up. The interrupt comes from another thread, which holds no lock, since it may
 * close a channel that the attempt reads, with whatever that does. The end of the attempt waits for it, and no other does.
 *
 * <p>A thread has one interrupt flag for the timeouts of all attempts it is inside of, and for everybody else. All of them
 * meet in one {@link Interrupts}. An attempt that ends before its time is up isn't interrupted; an attempt that ends after
 * it takes the flag back, and sets it again if somebody else had set it before, or if the time of an attempt around it is
 * up too. An interrupt by somebody else that comes after the timeout's can't be told from it and is taken back with it. So
 * is one that can't be seen because the JDK hides it just then, as its class loader does while it reads a class.
 *
 * <p>The number is the state. Only the attempt's own thread ends it.
 */
final class AttemptTimeout extends AtomicInteger implements NonBlockingTask {

    private static final long serialVersionUID = 1;

    private static final int RUNNING = 0;

    /** Before its time was up. */
    private static final int ENDED = 1;

    /** The time is up, and the interrupt is on its way. */
    private static final int DUE = 2;

    /** The flag of others has been seen, and the thread is being interrupted. */
    private static final int INTERRUPTING = 3;

    private static final int INTERRUPTED = 4;

    /** The thread wasn't interrupted after all, since the attempt has failed. */
    private static final int SKIPPED = 5;

    /** After its time was up. */
    private static final int TAKEN_BACK = 6;

    private final transient Thread thread = Thread.currentThread();
    private final transient Frame frame;
    private final transient @Nullable AttemptTimeout outer;
    private final transient Interrupts interrupts;
    private transient TimeSource.@Nullable Scheduled scheduled;

    /** Written before the attempt ends if it has failed, by a plain assignment: after a stack overflow no call may succeed. */
    private transient volatile boolean failed;

    private AttemptTimeout(Frame frame) {
        this.frame = frame;
        this.outer = innermost(frame, null);
        this.interrupts = outer == null ? new Interrupts() : outer.interrupts;
    }

    /** The innermost one that goes on. Those inside of it that couldn't end on a full stack end now that there is room. */
    private static @Nullable AttemptTimeout innermost(Frame frame, @Nullable AttemptTimeout known) {
        AttemptTimeout timeout = frame.timeout;
        while (timeout != null && timeout != known && timeout.failed) {
            timeout.endAlone();
            timeout = frame.timeout;
        }
        return timeout;
    }

    /**
     * Runs the body.
     *
     * @param limitNanos how long it may take, in nanoseconds
     * @throws AttemptTimeoutException if it took longer and threw an exception then
     * @throws X what it throws in time; a result that comes late is a result
     */
    static <T extends @Nullable Object, X extends Throwable> T call(
            Retry retry, long limitNanos, ThrowingCallable<T, X> body) throws X {
        AttemptTimeout timeout = new AttemptTimeout(Frame.current());
        T result;
        try {
            timeout.begin(retry.time(), limitNanos);
            result = body.call();
            timeout.end();
        } catch (Throwable failure) {
            timeout.failed = true;
            if (timeout.end() && !(failure instanceof Error)) {
                throw new AttemptTimeoutException(retry.name(), Duration.ofNanos(limitNanos), failure);
            }
            throw failure;
        }
        return result;
    }

    /** A timer that refuses the task may keep it all the same: it finds that the attempt has ended. */
    private void begin(TimeSource time, long limitNanos) {
        frame.timeout = this;
        scheduled = time.schedule(this, limitNanos);
    }

    /** On the timer. */
    @Override
    public void run() {
        if (failed || !compareAndSet(RUNNING, DUE)) {
            return;
        }
        if (Timer.isCurrentThread()) {
            Timer.system().interrupts().submit(this::interrupt);
        } else {
            interrupt();
        }
    }

    /** Whatever comes of it, the attempt must be able to end. */
    private void interrupt() {
        int outcome = SKIPPED;
        try {
            if (!failed) {
                interrupts.begin(thread);
                outcome = INTERRUPTED;
                set(INTERRUPTING);
                thread.interrupt();
            }
        } catch (Throwable foreign) {
            // by a channel, or by a thread of a kind of its own
        } finally {
            set(outcome);
            LockSupport.unpark(thread);
        }
    }

    /** The attempt's side: whether its time was up before. It may be asked again. */
    private boolean end() {
        innermost(frame, this);
        return endAlone();
    }

    private boolean endAlone() {
        boolean inTime = compareAndSet(RUNNING, ENDED) || get() == ENDED;
        if (inTime) {
            Step.cancel(scheduled);
        } else {
            awaitInterrupt();
            if (compareAndSet(INTERRUPTED, TAKEN_BACK)) {
                interrupts.end();
            }
        }
        frame.timeout = outer;
        return !inTime;
    }

    /** A flag that other code may have set stays set. This thread can't park then, so it yields. */
    private void awaitInterrupt() {
        for (int state = get(); state == DUE || state == INTERRUPTING; state = get()) {
            if (state == INTERRUPTING) {
                Thread.interrupted();
            }
            if (thread.isInterrupted()) {
                Thread.yield();
            } else {
                LockSupport.park(this);
            }
        }
    }

    /** Whether the time is up of an attempt that this thread is in. */
    boolean isInterrupting() {
        return interrupts.get() != 0;
    }

    /**
     * The interrupts of a thread by attempts in one another that haven't ended: twice their number, plus one if the flag was
     * set already when the first of them came.
     */
    private static final class Interrupts extends AtomicInteger {

        private static final long serialVersionUID = 1;

        private static final int BY_OTHERS = 1;
        private static final int ONE = 2;

        void begin(Thread thread) {
            int before;
            int after;
            do {
                before = get();
                after = before + ONE;
                if (before == 0 && thread.isInterrupted()) {
                    after += BY_OTHERS;
                }
            } while (!compareAndSet(before, after));
        }

        /** By the thread. Whoever comes after the number has gone down to zero must find the flag as others want it. */
        void end() {
            boolean byOthers = (get() & BY_OTHERS) != 0;
            if (byOthers) {
                Thread.currentThread().interrupt();
            } else {
                Thread.interrupted();
            }
            int left = updateAndGet(number -> number - ONE == BY_OTHERS ? 0 : number - ONE);
            if (left != 0) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
