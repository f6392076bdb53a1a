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
 * <p>The timer only says that the time is up. The interrupt comes from another thread, which holds no lock, since it may
 * close a channel that the attempt reads, with whatever that does. The end of the attempt waits for it, and no other does.
 *
 * <p>A thread has one interrupt flag for the timeouts of all attempts it is inside of, and for everybody else. All of them
 * meet in one {@link Interrupts}. An attempt that ends before its time is up isn't interrupted; an attempt that ends after
 * it takes the flag back, and sets it again if somebody else had set it before, or if the time of an attempt around it is
 * up too. An interrupt by somebody else that comes after the timeout's can't be told from it and is taken back with it. So
 * is one that can't be seen because the JDK hides it just then, as its class loader does while it reads a class.
 *
 * <p>A thread uses the same object for each attempt of a depth, so that an attempt that ends in time makes none. One that a
 * stack overflow has kept from being armed isn't used again.
 */
public final class AttemptTimeout extends Limit {

    private static final long serialVersionUID = 1;

    /** Before the interrupt, or without one. */
    private static final int NONE = 0;

    /** The flag of others has been seen, and the thread is being interrupted. */
    private static final int INTERRUPTING = 1;

    private static final int INTERRUPTED = 2;

    /** The thread wasn't interrupted after all, since the attempt has failed. */
    private static final int SKIPPED = 3;

    private static final int TAKEN_BACK = 4;

    /** Attempts further inside have an object each. */
    private static final int REUSED_DEPTH = 4;

    /** How the name ends of the class of a thread that is made for one task. Java 17 can't be asked otherwise. */
    private static final String VIRTUAL = "VirtualThread";

    private final transient Thread thread = Thread.currentThread();
    private final transient CallFrame frame;
    private final transient @Nullable AttemptTimeout outer;
    private final transient int depth;

    /** Whether the timer keeps the entry between attempts. */
    private final transient boolean kept;

    private final transient Interrupts interrupts;

    /** That of the next attempt inside of this one, to be used again. */
    private transient @Nullable AttemptTimeout inner;

    /** What has become of the interrupt. */
    private final transient AtomicInteger interrupt = new AtomicInteger();

    /** On another clock than the system's. */
    private transient TimeSource.@Nullable Scheduled scheduled;

    /** Whether it may be lost to the timer. */
    private transient boolean arming;

    /** Written before the attempt ends if it has failed, by a plain assignment: after a stack overflow no call may succeed. */
    private transient volatile boolean failed;

    private AttemptTimeout(CallFrame frame, @Nullable AttemptTimeout outer) {
        super(Timer.system());
        this.frame = frame;
        this.outer = outer;
        this.depth = outer == null ? 1 : outer.depth + 1;
        this.kept = depth <= REUSED_DEPTH && !thread.getClass().getName().endsWith(VIRTUAL);
        this.interrupts = outer == null ? new Interrupts() : outer.interrupts;
    }

    /** That of the next attempt of a thread. */
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

    /** The innermost one that goes on. Those inside of it that couldn't end on a full stack end now that there is room. */
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
     * @param startedNanos when the attempt began, on the clock of the retry
     * @param limitNanos how long it may take, in nanoseconds
     * @throws AttemptTimeoutException if it took longer and threw an exception then
     * @throws X what it throws in time; a result that comes late is a result
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

    /** A timer that refuses the task may keep it all the same: it finds that the attempt has ended. */
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

    /** What the attempt before has left, if it didn't end in time. */
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

    /** Whatever comes of it, the attempt must be able to end. */
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
            // by a channel, or by a thread of a kind of its own
        } finally {
            interrupt.set(outcome);
            LockSupport.unpark(thread);
        }
    }

    /** The attempt's side: whether its time was up before. It may be asked again. */
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

    /** A flag that other code may have set stays set. This thread can't park then, so it yields. */
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

    /** Whether the time is up of an attempt that this thread is in. */
    boolean isInterrupting() {
        return interrupts.hasAny();
    }

    /** What interrupts the thread, if the attempt still runs, and not on the timer, be it by way of another clock's. */
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
