package dev.retrykit.internal.timer;

import dev.retrykit.internal.timer.DaemonThreads.TimerThread;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fires entries when they are due: never early, and late by at most a tick of one millisecond plus the time that the
 * thread waits for a processor. Thread-safe.
 *
 * <p>One thread links and fires. All others push entries onto the intake, a stack without a lock (a thread that dies of
 * a stack overflow could keep a lock), and wake the timer if it sleeps for longer than they can wait. So nothing
 * depends on a step of one thread that another one relies on: each thread that needs the timer's thread creates, starts
 * or wakes it itself.
 *
 * <p>While entries arrive, the timer checks the intake each tick, so that entries that were cancelled are gone by then.
 * When none have arrived for some ticks, it sleeps until the next one is due, and the next arrival wakes it. Its thread
 * ends when it has been idle for two seconds, and is created again on demand.
 */
public final class Timer {

    private static final long IDLE_NANOS = 2_000_000_000;
    private static final long KEEP_ALIVE_SECONDS = 1;
    private static final int QUIET_TICKS = 8;

    /** Special values for the wake-up time: all pushing threads wake the timer, or none does. */
    private static final long SLEEPS = Long.MAX_VALUE;

    private static final long AWAKE = Long.MIN_VALUE;

    /**
     * A field that is set lazily and retried, not an initializer: the first use may happen on a stack that is almost
     * full.
     */
    private static volatile @Nullable Timer system;

    private final long origin = System.nanoTime();
    private final Schedule schedule = new Schedule();
    private final AtomicReference<@Nullable TimerThread> thread = new AtomicReference<>();
    private final DaemonThreads threads = new DaemonThreads("retrykit-timer");

    /** The latest time at which the timer checks the intake. Written by the timer before its last check. */
    private volatile long wakeAt = SLEEPS;

    private final Runnable body = this::run;
    private final Executor others;
    private final Lane interrupts;

    private final long idleNanos;

    final Arming arming = new Arming() {

        @Override
        public long now() {
            return Timer.this.now();
        }

        @Override
        public long of(long nanoTime) {
            return nanoTime - origin;
        }

        @Override
        public void set(TimerEntry entry, long when) {
            Timer.this.set(entry, when);
        }
    };

    // used by the timer's thread only
    private int quietTicks;
    private long emptySince = Wheel.NEVER;

    Timer() {
        this(IDLE_NANOS);
    }

    Timer(long idleNanos) {
        this.idleNanos = idleNanos;
        this.others = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                new DaemonThreads("retrykit-worker"));
        this.interrupts = lane(Integer.MAX_VALUE, null);
    }

    /** The timer of this JVM. */
    public static Timer system() {
        Timer known = system;
        return known == null ? createSystem() : known;
    }

    private static synchronized Timer createSystem() {
        Timer known = system;
        if (known == null) {
            known = new Timer();
            known.rehearse();
            system = known;
        }
        return known;
    }

    /** Whether this thread is a timer's, on which nothing may block. */
    public static boolean isCurrentThread() {
        return Thread.currentThread() instanceof TimerThread;
    }

    /**
     * Creates a lane for tasks that run one after another, off the timer.
     *
     * @param width how many tasks may be blocked at once before the others wait for them
     * @param loader the context class loader of its threads, as long as it exists
     */
    public Lane lane(int width, @Nullable ClassLoader loader) {
        return new Lane(this, others, width, loader);
    }

    /**
     * The lane on which threads are interrupted: an interrupt may close foreign channels on the interrupting thread.
     */
    public Lane interrupts() {
        return interrupts;
    }

    /**
     * Fires an entry after the delay, replacing its earlier time.
     *
     * @param delayNanos nanoseconds; with zero or less it is due immediately
     */
    public void arm(TimerEntry entry, long delayNanos) {
        set(entry, Wheel.after(now(), delayNanos));
    }

    /**
     * Fires an entry at a time, replacing its earlier time. If the time is the same, whether past or not, nothing
     * changes.
     *
     * @param nanoTime a time of {@link System#nanoTime()}
     */
    public void armAt(TimerEntry entry, long nanoTime) {
        long when = Math.min(Wheel.LATEST, Math.max(0, nanoTime - origin));
        if (when != entry.when) {
            set(entry, when);
        }
    }

    /** Cancels an entry, unless it is armed again or is being fired. */
    public void cancel(TimerEntry entry) {
        if (entry.when != Wheel.NEVER) {
            set(entry, Wheel.NEVER);
        }
    }

    /** Whether the entry's time is over. */
    public boolean isDue(TimerEntry entry) {
        return entry.when <= now();
    }

    /**
     * Shows all entries that wait now, some of them twice, and possibly some that arrive meanwhile; returns when done.
     * Must not be called on the timer.
     *
     * @param viewer called on the timer; must be short and non-blocking
     */
    public void show(Consumer<? super TimerEntry> viewer) {
        if (thread.get() != null || schedule.hasIntake()) {
            WheelWalk walk = new WheelWalk(schedule, viewer);
            arm(walk, 0);
            walk.await();
        }
    }

    private void set(TimerEntry entry, long when) {
        schedule.set(entry, when);
        if (when < wakeAt) {
            wake();
        }
    }

    /** A thread that was never started is started by the next caller, and one that has died is replaced. */
    private void wake() {
        TimerThread current = thread.get();
        while (current == null || current.getState() == Thread.State.TERMINATED) {
            TimerThread fresh = threads.timer(body);
            current = thread.compareAndSet(current, fresh) ? fresh : thread.get();
        }
        if (current.getState() == Thread.State.NEW) {
            start(current);
        } else {
            LockSupport.unpark(current);
        }
    }

    private static void start(Thread fresh) {
        try {
            fresh.start();
        } catch (IllegalThreadStateException startedByAnother) {
            LockSupport.unpark(fresh);
        }
    }

    private void run() {
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = turn();
            } catch (Throwable broken) {
                // such as too little memory: waiting entries are still there
            }
        }
    }

    /** Checks the intake and what is due once, and then sleeps. Returns whether to continue. */
    private boolean turn() {
        wakeAt = AWAKE;
        boolean quiet = !schedule.takeIn(now());
        long now = now();
        schedule.advance(now);
        quietTicks = quiet ? quietTicks + 1 : 0;
        if (!schedule.isEmpty() || !quiet) {
            emptySince = Wheel.NEVER;
        } else if (emptySince == Wheel.NEVER) {
            emptySince = now;
        } else if (now - emptySince >= idleNanos) {
            return !tryEnd();
        }
        sleep(now);
        return true;
    }

    private void sleep(long now) {
        long until = (now / Wheel.TICK_NANOS + 1) * Wheel.TICK_NANOS;
        if (quietTicks < QUIET_TICKS) {
            wakeAt = until;
        } else {
            until = schedule.isEmpty() ? emptySince + idleNanos : schedule.nextNanos();
            wakeAt = SLEEPS;
        }
        if (!schedule.hasIntake()) {
            LockSupport.parkNanos(this, until - now());
        }
        // an interrupted thread does not sleep; some containers interrupt all threads of an application
        Thread.interrupted();
    }

    /**
     * A thread that pushes from here on finds no timer thread and creates one; for entries that were pushed before,
     * this thread continues.
     */
    private boolean tryEnd() {
        TimerThread own = thread.get();
        wakeAt = SLEEPS;
        thread.compareAndSet(own, null);
        return !schedule.hasIntake() || !thread.compareAndSet(null, own);
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    /**
     * Uses all classes once, on a separate schedule: a class that is first used on a full stack may be unusable
     * afterwards.
     */
    private void rehearse() {
        TimerEntry entry = new TimerEntry() {
            private static final long serialVersionUID = 1;

            @Override
            protected void fire() {
                interrupts.isIdle();
            }
        };
        Schedule rehearsed = new Schedule();
        for (long when : new long[] {0, 1, Wheel.NEVER}) {
            rehearsed.set(entry, when);
            rehearsed.takeIn(0);
        }
        LockSupport.unpark(threads.timer(body));
    }
}
