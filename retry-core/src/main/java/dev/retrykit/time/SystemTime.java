package dev.retrykit.time;

import dev.retrykit.internal.timer.Lane;
import dev.retrykit.internal.timer.NonBlockingTask;
import dev.retrykit.internal.timer.Timer;
import dev.retrykit.internal.timer.TimerEntry;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The JDK's clocks, and the shared timer of this JVM. */
final class SystemTime implements TimeSource {

    /** The number of foreign tasks that may block before further ones wait. */
    private static final int TASKS = 64;

    /**
     * A field that is set lazily and retried, not an initializer: the first use may happen on a stack that is almost
     * full.
     */
    private static volatile @Nullable SystemTime instance;

    private final Timer timer = Timer.system();
    private final Lane tasks = timer.lane(TASKS, null);

    private SystemTime() {}

    static SystemTime instance() {
        SystemTime known = instance;
        return known == null ? create() : known;
    }

    private static synchronized SystemTime create() {
        SystemTime known = instance;
        if (known == null) {
            known = new SystemTime();
            instance = known;
        }
        return known;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        sleep(nanos, new Alarm());
    }

    @Override
    public void sleep(long nanos, Alarm alarm) throws InterruptedException {
        alarm.await(this, nanos);
    }

    /** A task that may block gets a separate thread, with the context class loader of the thread that scheduled it. */
    @Override
    public Scheduled schedule(Runnable task, long delayNanos) {
        Objects.requireNonNull(task, "task");
        Task waiting = task instanceof NonBlockingTask ? new Task(task) : new ForeignTask(task, tasks);
        timer.arm(waiting, delayNanos);
        return waiting;
    }

    private static class Task extends TimerEntry implements Scheduled {

        private static final long serialVersionUID = 1;

        /** Null once it has started or was cancelled. */
        private transient volatile @Nullable Runnable task;

        Task(Runnable task) {
            this.task = task;
        }

        @Override
        protected void fire() {
            start();
        }

        final void start() {
            Runnable due = task;
            if (due != null) {
                task = null;
                due.run();
            }
        }

        @Override
        public final void cancel() {
            if (task != null) {
                task = null;
                Timer.system().cancel(this);
            }
        }
    }

    private static final class ForeignTask extends Task implements Runnable {

        private static final long serialVersionUID = 1;

        private final transient Lane lane;
        private final transient @Nullable ClassLoader loader =
                Thread.currentThread().getContextClassLoader();

        ForeignTask(Runnable task, Lane lane) {
            super(task);
            this.lane = lane;
        }

        @Override
        protected void fire() {
            lane.submit(this);
        }

        @Override
        public void run() {
            Thread.currentThread().setContextClassLoader(loader);
            start();
        }
    }
}
