package dev.retrykit.internal.engine;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.function.ThrowingFunction;
import dev.retrykit.internal.thread.Interrupts;
import dev.retrykit.internal.timer.Limit;
import dev.retrykit.internal.timer.NonBlockingTask;
import dev.retrykit.internal.timer.Timer;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts the caller's own thread when an attempt takes too long.
 *
 * <p>The timer only reports that the time is up. The interrupt comes from another thread that holds no lock, because it
 * may close a channel that the attempt reads, which can run foreign code. The end of the attempt waits for that
 * interrupt; nothing else does.
 *
 * <p>A thread has one interrupt flag for the timeouts of all attempts that it is in, and for all other code. All of
 * these timeouts share one {@link Interrupts}. An attempt that ends before its time is up is not interrupted. An
 * attempt that ends after it clears the flag, and sets it again if other code had set it before, or if the time of an
 * enclosing attempt is up too. An interrupt by other code that comes after that of the timeout cannot be distinguished
 * from it and is cleared with it. An interrupt that the JDK masks at that moment, for example while its class loader
 * reads a class, is also lost.
 *
 * <p>A thread reuses one object for the attempts of each depth, so that an attempt that ends in time allocates none. An
 * object that could not be armed because of a stack overflow is not reused.
 */
public final class AttemptTimeout extends Limit {

    private static final long serialVersionUID = 1;

    /** Before the interrupt, or without one. */
    private static final int NONE = 0;

    /** The flag has been checked, and the thread is being interrupted. */
    private static final int INTERRUPTING = 1;

    private static final int INTERRUPTED = 2;

    /** The thread was not interrupted after all, because the attempt has failed. */
    private static final int SKIPPED = 3;

    private static final int TAKEN_BACK = 4;

    /** Deeper attempts get a separate object each. */
    private static final int REUSED_DEPTH = 4;

    /** The end of the class name of a thread that is created for one task. Java 17 offers no other way to find out. */
    private static final String VIRTUAL = "VirtualThread";

    private final transient Thread thread = Thread.currentThread();
    private final transient CallFrame frame;
    private final transient @Nullable AttemptTimeout outer;
    private final transient int depth;

    /** Whether the timer keeps the entry between attempts. */
    private final transient boolean kept;

    private final transient Interrupts interrupts;

    /** The object of the next attempt inside this one, kept for reuse. */
    private transient @Nullable AttemptTimeout inner;

    /** The state of the interrupt. */
    private final transient AtomicInteger interrupt = new AtomicInteger();

    /** Used if the clock is not the system clock. */
    private transient TimeSource.@Nullable Scheduled scheduled;

    /** Whether the timer may have lost it. */
    private transient boolean arming;

    /** Set before a failed attempt ends, by a plain assignment: after a stack overflow no call may succeed. */
    private transient volatile boolean failed;

    private AttemptTimeout(CallFrame frame, @Nullable AttemptTimeout outer) {
        super(Timer.system());
        this.frame = frame;
        this.outer = outer;
        this.depth = outer == null ? 1 : outer.depth + 1;
        this.kept = depth <= REUSED_DEPTH && !thread.getClass().getName().endsWith(VIRTUAL);
        this.interrupts = outer == null ? new Interrupts() : outer.interrupts;
    }

    /** Returns the object for the next attempt of a thread. */
    private static AttemptTimeout next(CallFrame frame) {
        AttemptTimeout outer = innermost(frame, null);
        AttemptTimeout known = outer == null ? frame.outermostTimeout : outer.inner;
        if (known != null && !known.arming) {
            return known;
        }
        AttemptTimeout made = new AttemptTimeout(frame, outer);
        if (outer == null) {
            frame.outermostTimeout = made;
        } else if (made.depth <= REUSED_DEPTH) {
            outer.inner = made;
        }
        return made;
    }

    /**
     * Returns the innermost one that is still running. Those inside it that could not end on a full stack end now that
     * there is room.
     */
    private static @Nullable AttemptTimeout innermost(CallFrame frame, @Nullable AttemptTimeout known) {
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
     * @param startedNanos when the attempt started, on the clock of the retry
     * @param limitNanos the time limit, in nanoseconds
     * @throws AttemptTimeoutException if it took longer and then threw an exception
     * @throws X what it throws in time; a late result is still a result
     */
    public static <C, T extends @Nullable Object, X extends Throwable> T call(
            RetryEngine retry,
            CallFrame frame,
            long startedNanos,
            long limitNanos,
            C argument,
            ThrowingFunction<C, T, X> body)
            throws X {
        AttemptTimeout timeout = next(frame);
        T result;
        try {
            timeout.begin(retry.time(), startedNanos, limitNanos);
            result = body.apply(argument);
            timeout.endAttempt();
        } catch (Throwable failure) {
            timeout.failed = true;
            if (timeout.endAttempt() && !(failure instanceof Error)) {
                throw new AttemptTimeoutException(retry.name(), Duration.ofNanos(limitNanos), failure);
            }
            throw failure;
        }
        return result;
    }

    /** A timer that rejects the task may run it anyway: the task finds that the attempt has ended. */
    private void begin(TimeSource time, long startedNanos, long limitNanos) {
        reset();
        frame.timeout = this;
        arming = true;
        if (time == TimeSource.system()) {
            begin(startedNanos, limitNanos);
        } else {
            long set = begin();
            scheduled = time.schedule(new Interruption(this, set), limitNanos);
        }
        arming = false;
    }

    /** Resets what the previous attempt left behind if it did not end in time. */
    private void reset() {
        if (failed) {
            failed = false;
        }
        if (interrupt.getPlain() != NONE) {
            interrupt.set(NONE);
        }
        if (scheduled != null) {
            scheduled = null;
        }
        if (outer == null) {
            interrupts.reset();
        }
    }

    @Override
    protected void due(long set) {
        if (!failed) {
            new Interruption(this, set).run();
        }
    }

    /** The attempt must be able to end, even if this fails. */
    private void interrupt(long set) {
        if (failed || !tryReach(set)) {
            return;
        }
        int outcome = SKIPPED;
        try {
            if (!failed) {
                interrupts.begin(thread);
                outcome = INTERRUPTED;
                interrupt.set(INTERRUPTING);
                thread.interrupt();
            }
        } catch (Throwable foreign) {
            // thrown by a channel, or by a custom thread class
        } finally {
            interrupt.set(outcome);
            LockSupport.unpark(thread);
        }
    }

    /** Called by the attempt's thread: whether its time was up before. May be called repeatedly. */
    private boolean endAttempt() {
        innermost(frame, this);
        return endAlone();
    }

    private boolean endAlone() {
        boolean inTime = end();
        if (!inTime) {
            awaitInterrupt();
            if (interrupt.compareAndSet(INTERRUPTED, TAKEN_BACK)) {
                interrupts.end();
            }
        } else if (scheduled != null) {
            RetryEngine.cancel(scheduled);
            scheduled = null;
        } else if (!kept) {
            Timer.system().cancel(this);
        }
        frame.timeout = outer;
        return !inTime;
    }

    /** A flag that other code may have set stays set. This thread cannot park then, so it yields. */
    private void awaitInterrupt() {
        for (int state = interrupt.get(); state < INTERRUPTED; state = interrupt.get()) {
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

    /** Whether the time is up for an attempt that this thread is in. */
    boolean isInterrupting() {
        return interrupts.hasAny();
    }

    /** Interrupts the thread if the attempt still runs. Never runs on the timer, not even through another clock. */
    private static final class Interruption implements NonBlockingTask {

        private final AttemptTimeout timeout;
        private final long set;

        Interruption(AttemptTimeout timeout, long set) {
            this.timeout = timeout;
            this.set = set;
        }

        @Override
        public void run() {
            if (Timer.isCurrentThread()) {
                Timer.system().interrupts().submit(this);
            } else {
                timeout.interrupt(set);
            }
        }
    }
}
