package dev.retrykit.internal.timer;

import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks off the timer, one after another, on a thread that is created on demand. While its threads are blocked and
 * tasks wait, it gets another thread each tick, up to a limit. Thread-safe.
 */
public final class Lane {

    private final Timer timer;
    private final Executor pool;
    private final int width;

    /** Weak, because the owner of the lane is not always part of the application for which it was created. */
    private final WeakReference<@Nullable ClassLoader> loader;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** The number of threads that are starting or working. */
    private final AtomicInteger threads = new AtomicInteger();

    /** The number of tasks that have started; it may overflow. */
    private final AtomicInteger begun = new AtomicInteger();

    /** Whether the watch is armed, or about to be. */
    private volatile boolean watched;

    private final Watch watch = new Watch();

    Lane(Timer timer, Executor pool, int width, @Nullable ClassLoader loader) {
        this.timer = timer;
        this.pool = pool;
        this.width = width;
        this.loader = new WeakReference<>(loader);
    }

    /** Runs a task soon. Never throws for lack of a thread: then the task waits for one. */
    public void submit(Runnable task) {
        tasks.add(task);
        if (threads.get() == 0) {
            addThread();
        }
        watchIfNeeded();
    }

    boolean isIdle() {
        return threads.get() == 0 && tasks.isEmpty();
    }

    private void watchIfNeeded() {
        if (!watched && threads.get() < width && !tasks.isEmpty()) {
            watched = true;
            watch.seen = begun.get();
            try {
                timer.arm(watch, Wheel.TICK_NANOS);
            } catch (Throwable notArmed) {
                watched = false;
            }
        }
    }

    private void addThread() {
        if (!tryEnter()) {
            return;
        }
        try {
            pool.execute(this::work);
        } catch (Throwable noThread) {
            threads.decrementAndGet();
        }
    }

    private boolean tryEnter() {
        int present = threads.get();
        return present < width && threads.compareAndSet(present, present + 1);
    }

    private void work() {
        Thread thread = Thread.currentThread();
        do {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                begun.incrementAndGet();
                run(thread, task);
            }
            threads.decrementAndGet();
        } while (!tasks.isEmpty() && tryEnter());
    }

    private void run(Thread thread, Runnable task) {
        thread.setContextClassLoader(loader.get());
        try {
            task.run();
        } catch (Throwable failure) {
            // the submitter must handle it; the other tasks continue
        } finally {
            Thread.interrupted();
            thread.setContextClassLoader(null);
        }
    }

    /** Each tick, while tasks wait: adds a thread if none has started a task since the last tick. */
    private final class Watch extends TimerEntry {

        private static final long serialVersionUID = 1;

        private transient volatile int seen;

        @Override
        protected void fire() {
            int now = begun.get();
            if (!tasks.isEmpty() && (now == seen || threads.get() == 0)) {
                addThread();
            }
            watched = false;
            watchIfNeeded();
        }
    }
}
