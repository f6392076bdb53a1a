package dev.retrykit.spring.idempotency.guard;

import dev.retrykit.circuit.Permit;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the steps of a store on a few dedicated threads, while callers wait for a limited time. If no step ends, callers
 * are released early. Otherwise they would block all threads of the server, including those for requests that do not
 * need the store:
 *
 * <ul>
 *   <li>all callers after half a second while 32 wait, or after 0.3 s while 100 wait,
 *   <li>callers beyond 160 after three times the duration of the last step, at least 60 ms. A server has 200 threads by
 *       default.
 * </ul>
 */
final class StoreQueue implements AutoCloseable {

    private static final int THREADS = 32;

    private static final int MANY_CALLERS = 32;
    private static final int MOST_CALLERS = 100;
    private static final int CROWD = 160;
    private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();
    private static final int LOOKS = 25;
    private static final int LOOKS_OF_MOST = 15;
    private static final int LOOKS_OF_CROWD = 3;

    private final TimeSource time;
    private final StoreCircuit circuit;
    private final DirectStoreCallers quick;
    private final ThreadPoolExecutor threads;
    private final Set<StoreStep<?>> awaited = ConcurrentHashMap.newKeySet();
    private final AtomicInteger callers = new AtomicInteger();

    /** How long the last completed step took. */
    private volatile long lastStepNanos = Long.MAX_VALUE;

    StoreQueue(TimeSource time, StoreCircuit circuit, DirectStoreCallers quick) {
        this.time = time;
        this.circuit = circuit;
        this.quick = quick;
        threads = StoreThreads.named("retrykit-idempotency-store-", THREADS);
    }

    /** Returns the executor of the queue. */
    Executor threads() {
        return threads;
    }

    /**
     * Hands over a step.
     *
     * @param late receives the outcome if the caller did not wait for it; null if the step must run even if the caller
     *     left before it began
     * @throws StoreStalledException if the application has shut down
     */
    <T> StoreStep<T> submit(
            Supplier<T> work, @Nullable BiConsumer<@Nullable T, @Nullable Throwable> late, Permit permit) {
        Supplier<T> noted = () -> {
            long begun = time.nanoTime();
            T result = work.get();
            lastStepNanos = time.nanoTime() - begun;
            quick.answered();
            return result;
        };
        StoreStep<T> step = new StoreStep<>(noted, late, circuit, permit, time.nanoTime());
        try {
            threads.execute(step);
        } catch (RejectedExecutionException ended) {
            circuit.end(permit, Signal.NONE, step.startedNanos());
            throw new StoreStalledException("The application has shut down.");
        }
        return step;
    }

    /**
     * Waits for a step.
     *
     * @throws TimeoutException if the step has not ended in time
     * @throws RuntimeException what the step failed with, or {@link StoreStalledException} if the caller is released
     *     early
     */
    <T> T await(StoreStep<T> step, long patienceNanos) throws TimeoutException {
        boolean counts = true;
        awaited.add(step);
        callers.incrementAndGet();
        try {
            for (int look = 1; ; look++) {
                try {
                    return step.await(LOOK_NANOS);
                } catch (TimeoutException slow) {
                    if (isStalled(step, look)) {
                        giveAllUp();
                    } else if (counts && isQuiet(step, look) && tryLeaveCrowd(step)) {
                        counts = false;
                    } else if (look * LOOK_NANOS >= patienceNanos) {
                        throw slow;
                    }
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            StoreStalledException left =
                    new StoreStalledException("The caller was interrupted while it waited for the store.");
            step.giveUp(left, Signal.NONE);
            throw left;
        } finally {
            if (counts) {
                callers.decrementAndGet();
            }
            awaited.remove(step);
        }
    }

    /** Whether no step has ended since this one began, for three times the duration of the last completed step. */
    private boolean isQuiet(StoreStep<?> step, int looks) {
        return looks >= LOOKS_OF_CROWD
                && looks * LOOK_NANOS / LOOKS_OF_CROWD >= lastStepNanos
                && quick.isSilentSince(step.startedNanos());
    }

    /** Gives the step up if the crowd is too large. If so, its caller no longer counts. */
    private boolean tryLeaveCrowd(StoreStep<?> step) {
        boolean leaves = callers.getAndUpdate(waiting -> waiting > CROWD ? waiting - 1 : waiting) > CROWD;
        if (leaves) {
            step.giveUp(
                    new StoreStalledException("The store did not respond to any caller while many were waiting."),
                    Signal.NONE);
        }
        return leaves;
    }

    /**
     * Whether no step has ended since this one began. A caller counts its checks rather than the time, so that a pause
     * of this process does not look like a stalled store. Before its first response a store may be slow, because its
     * client connects.
     */
    private boolean isStalled(StoreStep<?> step, int looks) {
        int waiting = callers.get();
        boolean isLong = waiting >= MANY_CALLERS && looks >= LOOKS || waiting >= MOST_CALLERS && looks >= LOOKS_OF_MOST;
        return isLong && quick.isSilentSince(step.startedNanos());
    }

    private void giveAllUp() {
        StoreStalledException stalled =
                new StoreStalledException("The store did not respond to any of the waiting callers.");
        awaited.forEach(step -> step.giveUp(stalled, Signal.FAILURE));
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
