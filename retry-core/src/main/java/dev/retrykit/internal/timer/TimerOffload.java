package dev.retrykit.internal.timer;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what may block or runs code of others off the timer, on threads of which each retry has its own: executors,
 * listeners, what depends on a stage. On all other threads it runs at once.
 */
public final class TimerOffload {

    /** How many ends of calls may be stuck in code of others before the ends of other calls of the retry wait. */
    private static final int ENDS = 16;

    /** How many threads stand in for the common pool where that has none. */
    private static final int STAND_INS = 256;

    private static final String COMMON_PARALLELISM = "java.util.concurrent.ForkJoinPool.common.parallelism";

    /** What waits for a thread of an executor. */
    public interface Waiting {

        /** Gives itself to the executor, which may block this thread. */
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
     * Known by its very class. A thread pool's queue has a lock that a thread may keep that dies of a stack overflow, its
     * thread factory and what handles its rejections may be anybody's, and so may be all that extends or wraps a pool.
     */
    private static boolean neitherRunsNorBlocks(Executor executor) {
        return executor.getClass() == ForkJoinPool.class
                && ((ForkJoinPool) executor).getFactory().getClass().getClassLoader() == null;
    }

    /** The common pool, which runs nothing if it may have no thread. It doesn't tell that itself: it says that it has one. */
    private static boolean isWithoutThreads(Executor executor) {
        return executor == ForkJoinPool.commonPool()
                && ForkJoinPool.getCommonPoolParallelism() <= 1
                && isZero(System.getProperty(COMMON_PARALLELISM));
    }

    private static boolean isZero(@Nullable String parallelism) {
        return parallelism != null && parallelism.matches("\\+?0+");
    }

    /** Gives the executor a call that waits for a thread. */
    public void execute(Waiting call) {
        if (prompt || !Timer.isCurrentThread()) {
            call.handTo(executor);
        } else {
            handovers.submit(() -> call.handTo(executor));
        }
    }

    /** Ends a call, or does what else may run code of others. */
    public void run(Runnable task) {
        if (Timer.isCurrentThread()) {
            ends.submit(task);
        } else {
            task.run();
        }
    }
}
