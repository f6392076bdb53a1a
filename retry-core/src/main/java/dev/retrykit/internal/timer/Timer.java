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
 * Fires entries when their time is here: never early, late by a tick of a millisecond at most, and by what the thread waits
 * for a processor. Thread-safe.
 *
 * <p>One thread links and fires. All others push entries onto the intake, a stack without a lock that a thread could keep
 * that dies of a stack overflow, and wake the timer if it sleeps for longer than they can wait. So nothing hangs on a step
 * of one thread that another one relies on: each that needs the timer's thread makes, starts or wakes it itself.
 *
 * <p>While entries come, the timer looks at the intake each tick, so that entries that were cancelled are gone by then. When
 * none have come for some ticks it sleeps until the next is due, and whoever comes then wakes it. Its thread ends when
 * it has had nothing for two seconds, and comes again.
 */
public final class Timer {

    private static final long IDLE_NANOS = 2_000_000_000;
    private static final long KEEP_ALIVE_SECONDS = 1;
    private static final int QUIET_TICKS = 8;

    /** In place of a time: everybody wakes the timer, or nobody does. */
    private static final long SLEEPS = Long.MAX_VALUE;

    private static final long AWAKE = Long.MIN_VALUE;

    /** In a field that is tried again, not in an initializer: the first use may come on a stack that is almost full. */
    private static volatile @Nullable Timer system;

    private final long origin = System.nanoTime();
    private final Schedule schedule = new Schedule();
    private final AtomicReference<@Nullable TimerThread> thread = new AtomicReference<>();
    private final DaemonThreads threads = new DaemonThreads("retrykit-timer");

    /** No later than then the timer looks at the intake. Written by the timer, before it looks for the last time. */
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

    // the timer's alone
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
     * Tasks that run one after the other, off the timer.
     *
     * @param width how many may be stuck at once before the others wait for them
     * @param loader the context class loader of their threads, as long as it is there
     */
    public Lane lane(int width, @Nullable ClassLoader loader) {
        return new Lane(this, others, width, loader);
    }

    /** Where threads are interrupted: foreign channels are closed on the thread that interrupts. */
    public Lane interrupts() {
        return interrupts;
    }

    /**
     * Lets an entry be fired once the delay is over, in place of the time that it had before.
     *
     * @param delayNanos nanoseconds; zero or less is due at once
     */
    public void arm(TimerEntry entry, long delayNanos) {
        set(entry, Wheel.after(now(), delayNanos));
    }

    /**
     * Lets an entry be fired at that time, in place of the time that it had before. If it had the same one, be that over or
     * not, nothing changes.
     *
     * @param nanoTime as {@link System#nanoTime()} tells it
     */
    public void armAt(TimerEntry entry, long nanoTime) {
        long when = Math.min(Wheel.LATEST, Math.max(0, nanoTime - origin));
        if (when != entry.when) {
            set(entry, when);
        }
    }

    /** Lets an entry never be fired, unless it is armed again or being fired just now. */
    public void cancel(TimerEntry entry) {
        if (entry.when != Wheel.NEVER) {
            set(entry, Wheel.NEVER);
        }
    }

    /** Whether the time that the entry has is over. */
    public boolean isDue(TimerEntry entry) {
        return entry.when <= now();
    }

    /**
     * Shows all entries that wait now, some of them twice, and perhaps some that come meanwhile, and returns when it has.
     * Not on the timer.
     *
     * @param viewer called on the timer: short, never blocks
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

    /** A thread that was never started is started by whoever comes next, and one that has died is replaced. */
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
                // such as too little memory: those that wait are still there
            }
        }
    }

    /** One look at the intake and at what is due, and the sleep after it. Whether there is a next one. */
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
        // as by whoever ends all threads of an application: a thread that is interrupted doesn't sleep
        Thread.interrupted();
    }

    /** Whoever pushes from here on finds no thread, and makes one; for whoever has pushed before, this one goes on. */
    private boolean tryEnd() {
        TimerThread own = thread.get();
        wakeAt = SLEEPS;
        thread.compareAndSet(own, null);
        return !schedule.hasIntake() || !thread.compareAndSet(null, own);
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    /** Uses all classes once, on a timer of its own: a class that is first used on a full stack may be lost for good. */
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
