package dev.retrykit.spring.registry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks on the application's executor, and on its own threads once the application closes. By default, Spring's
 * executors then reject new tasks and drop queued ones, while the web server still waits for its requests.
 */
public final class ClosingExecutor implements Executor {

    private static final int THREADS = 8;

    private final Executor application;
    private final BooleanSupplier closed;
    private final @Nullable ClassLoader loader;

    /** Tasks that the application's executor has accepted, but not started. */
    private final Set<Task> waiting = ConcurrentHashMap.newKeySet();

    private final ThreadPoolExecutor threads;

    /**
     * Creates an executor whose own threads start only when the application closes.
     *
     * @param application the application's executor
     * @param closed whether the application is closing
     * @param loader the context class loader of its own threads
     */
    public ClosingExecutor(Executor application, BooleanSupplier closed, @Nullable ClassLoader loader) {
        this.application = application;
        this.closed = closed;
        this.loader = loader;
        ThreadFactory factory = this::newThread;
        this.threads =
                new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    private Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "retrykit-closing");
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        if (closed.getAsBoolean()) {
            threads.execute(task);
            return;
        }
        Task handed = new Task(task);
        waiting.add(handed);
        try {
            application.execute(handed);
        } catch (RejectedExecutionException refused) {
            if (!closed.getAsBoolean()) {
                waiting.remove(handed);
                throw refused;
            }
        } catch (Throwable failed) {
            waiting.remove(handed);
            throw failed;
        }
        if (closed.getAsBoolean()) {
            takeOver();
        }
    }

    /**
     * Runs the waiting tasks on its own threads, as the application's executor may have dropped them. Each task runs
     * only once.
     */
    void takeOver() {
        waiting.forEach(threads::execute);
    }

    private final class Task implements Runnable {

        private final Runnable work;
        private final AtomicBoolean begun = new AtomicBoolean();

        Task(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            waiting.remove(this);
            if (begun.compareAndSet(false, true)) {
                work.run();
            }
        }
    }
}
