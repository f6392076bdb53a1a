package dev.retrykit.internal.timer;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what may block or runs foreign code off the timer, on separate threads for each retry: executors, listeners,
 * dependent stages. On all other threads it runs immediately.
 */
public final class TimerOffload {

    /** How many ending calls may be blocked in foreign code before further ends of the retry's calls wait. */
    private static final int ENDS = 16;

    /** How many threads replace the common pool if it has none. */
    private static final int STAND_INS = 256;

    private static final String COMMON_PARALLELISM = "java.util.concurrent.ForkJoinPool.common.parallelism";

    /** A call that waits for a thread of an executor. */
    public interface Waiting {

        /** Passes itself to the executor, which may block this thread. */
        void handTo(Executor executor);
    }

    private final Executor executor;
    private final boolean prompt;
    private final Lane handovers;
    private final Lane ends;

    public TimerOffload(Executor executor) {
        Timer timer = Timer.system();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        boolean standIn = isWithoutThreads(executor);
        this.executor = standIn ? timer.lane(STAND_INS, loader)::submit : executor;
        this.prompt = standIn || neitherRunsNorBlocks(executor);
        this.handovers = timer.lane(1, loader);
        this.ends = timer.lane(ENDS, loader);
    }

    /**
     * Recognized by the exact class. The queue of a thread pool has a lock that a thread that dies of a stack overflow
     * may keep; its thread factory and its rejection handler may be foreign code, and so may any class that extends or
     * wraps a pool.
     */
    private static boolean neitherRunsNorBlocks(Executor executor) {
        return executor.getClass() == ForkJoinPool.class
                && ((ForkJoinPool) executor).getFactory().getClass().getClassLoader() == null;
    }

    /**
     * The common pool runs nothing if it is configured without threads. Its own parallelism does not show that: it
     * reports one.
     */
    private static boolean isWithoutThreads(Executor executor) {
        return executor == ForkJoinPool.commonPool()
                && ForkJoinPool.getCommonPoolParallelism() <= 1
                && isZero(System.getProperty(COMMON_PARALLELISM));
    }

    private static boolean isZero(@Nullable String parallelism) {
        return parallelism != null && parallelism.matches("\\+?0+");
    }

    /** Passes a call that waits for a thread to the executor. */
    public void execute(Waiting call) {
        if (prompt || !Timer.isCurrentThread()) {
            call.handTo(executor);
        } else {
            handovers.submit(() -> call.handTo(executor));
        }
    }

    /** Ends a call, or runs other work that may call foreign code. */
    public void run(Runnable task) {
        if (Timer.isCurrentThread()) {
            ends.submit(task);
        } else {
            task.run();
        }
    }
}
