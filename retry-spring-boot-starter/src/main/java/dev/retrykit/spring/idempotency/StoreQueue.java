package dev.retrykit.spring.idempotency;

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
 * Takes steps of a store on threads of its own, of which there are few, while the callers wait for a limited time. If no
 * step ends any more, callers are sent on. Otherwise they would take all threads of the server from requests that don't need
 * the store:
 *
 * <ul>
 *   <li>all of them after half a second while 32 wait, or after 0.3 s while 100 do,
 *   <li>those above 160 after three times what the last step took, 60 ms at least. A server has 200 threads by default.
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

    /** How long the step took that has ended last. */
    private volatile long lastStepNanos = Long.MAX_VALUE;

    StoreQueue(TimeSource time, StoreCircuit circuit, DirectStoreCallers quick) {
        this.time = time;
        this.circuit = circuit;
        this.quick = quick;
        threads = StoreThreads.named("retrykit-idempotency-store-", THREADS);
    }

    /** The threads themselves. */
    Executor threads() {
        return threads;
    }

    /**
     * Hands a step over.
     *
     * @param late gets the outcome that the caller didn't wait for; null if the step must be taken even if the caller has
     *     left before it began
     * @throws StoreStalledException if the application has ended
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
            throw new StoreStalledException("The application has ended.");
        }
        return step;
    }

    /**
     * Waits for a step.
     *
     * @throws TimeoutException if it hasn't ended in time
     * @throws RuntimeException what it failed with, or {@link StoreStalledException} if the caller is sent on
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
                    } else if (counts && isQuiet(step, look) && tryLeaveCrowd()) {
                        counts = false;
                        step.giveUp(
                                new StoreStalledException("The store answered nobody while many waited."), Signal.NONE);
                    } else if (look * LOOK_NANOS >= patienceNanos) {
                        throw slow;
                    }
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            StoreStalledException left =
                    new StoreStalledException("The caller was interrupted while the store was asked.");
            step.giveUp(left, Signal.NONE);
            throw left;
        } finally {
            if (counts) {
                callers.decrementAndGet();
            }
            awaited.remove(step);
        }
    }

    /** Whether no step has ended since this one began, for three times as long as the last one took. */
    private boolean isQuiet(StoreStep<?> step, int looks) {
        return looks >= LOOKS_OF_CROWD
                && looks * LOOK_NANOS / LOOKS_OF_CROWD >= lastStepNanos
                && quick.isSilentSince(step.startedNanos());
    }

    private boolean tryLeaveCrowd() {
        return callers.getAndUpdate(waiting -> waiting > CROWD ? waiting - 1 : waiting) > CROWD;
    }

    /**
     * No step has ended since this one began. A caller counts its looks rather than the time, so that a pause of this
     * process isn't taken for one of the store. Until its first answer a store may be slow: its client connects.
     */
    private boolean isStalled(StoreStep<?> step, int looks) {
        int waiting = callers.get();
        boolean isLong = waiting >= MANY_CALLERS && looks >= LOOKS || waiting >= MOST_CALLERS && looks >= LOOKS_OF_MOST;
        return isLong && quick.isSilentSince(step.startedNanos());
    }

    private void giveAllUp() {
        StoreStalledException stalled =
                new StoreStalledException("The store answered none of the callers that wait for it.");
        awaited.forEach(step -> step.giveUp(stalled, Signal.FAILURE));
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
