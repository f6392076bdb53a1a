package dev.retrykit.spring.idempotency;

import dev.retrykit.circuit.Permit;
import dev.retrykit.failure.Signal;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.Found;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a store so that one that is slow or gone costs a caller a bounded time, whatever its client's own time-outs are: on
 * threads of its own, of which there are few, while the caller waits for a limited time. A store that has just answered is
 * asked on the caller's thread: handing over costs as much as the step itself.
 *
 * <ul>
 *   <li>A claim fails after 2 s. If the store answers it later after all, it is given up.
 *   <li>The end of a claim holds the caller for half a second, and goes on without it.
 *   <li>If no step has ended for half a second while 32 callers wait, or for 0.3 s while 100 do, all of them are sent on. Otherwise they would take
 *       all threads of the server from requests that don't need the store.
 *   <li>After a few failures nobody waits: see {@link StoreCircuit}.
 * </ul>
 *
 * <p>A store in memory is asked directly.
 */
final class StoreGuard implements AutoCloseable {

    private static final int THREADS = 32;

    private static final long CLAIM_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long END_NANOS = Duration.ofMillis(500).toNanos();

    private static final int MANY_CALLERS = 32;
    private static final int MOST_CALLERS = 100;
    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();
    private static final int LOOKS = 5;
    private static final int LOOKS_OF_MOST = 3;

    private final IdempotencyStore store;
    private final TimeSource time;
    private final boolean isDirect;
    private final StoreCircuit circuit;
    private final QuickCallers quick;
    private final LateEnds lateEnds;
    private final ThreadPoolExecutor threads;
    private final Set<StoreStep<?>> awaited = ConcurrentHashMap.newKeySet();
    private final AtomicInteger callers = new AtomicInteger();

    StoreGuard(IdempotencyStore store, TimeSource time, Upkeep upkeep) {
        this.store = store;
        this.time = time;
        this.isDirect = store instanceof MemoryStore;
        this.circuit = new StoreCircuit(store, time);
        this.lateEnds = new LateEnds(upkeep, this::tellAgain);
        this.quick = new QuickCallers(store, time);
        threads = StoreThreads.named("retrykit-idempotency-store-", THREADS);
    }

    /** What is guarded. */
    IdempotencyStore store() {
        return store;
    }

    /** Whether the store is asked at all at the moment. */
    boolean isAsked() {
        return isDirect || circuit.isClosed();
    }

    /**
     * Claims a key.
     *
     * @param late gets the outcome that the caller didn't wait for
     * @throws StoreStalledException if there is no answer in time, or if the store isn't asked at the moment
     * @throws RuntimeException what the store throws
     */
    Found claim(ClaimRequest request, BiConsumer<@Nullable Found, @Nullable RuntimeException> late) {
        if (isDirect) {
            return store.claim(request);
        }
        boolean isBound = isThreadBound();
        Permit permit = circuit.tryAcquire();
        if (permit == null) {
            throw new StoreStalledException("The store failed several times and is tried in the background.");
        }
        if (isBound) {
            return onThisThread(permit, () -> store.claim(request));
        }
        if (quick.tryEnter()) {
            return quickly(permit, () -> store.claim(request));
        }
        StoreStep<Found> step = submit(() -> store.claim(request), late, permit);
        try {
            return await(step, CLAIM_NANOS);
        } catch (TimeoutException slow) {
            StoreStalledException stalled = new StoreStalledException("The store gave no answer in 2 s.");
            step.giveUp(stalled, Signal.FAILURE);
            throw stalled;
        }
    }

    long nanoTime() {
        return time.nanoTime();
    }

    /**
     * Tells the store the end of a claim: now, or later if it is slow or down.
     *
     * @param claimedNanos when the store was asked for the claim: what was carried out for long pays for another thread
     */
    void tell(ClaimEnd end, long claimedNanos) {
        if (isDirect) {
            take(end);
            return;
        }
        Permit permit = circuit.tryAcquire();
        if (permit == null) {
            lateEnds.later(end);
            return;
        }
        try {
            tell(end, permit, claimedNanos);
        } catch (TimeoutException | StoreStalledException slow) {
            lateEnds.add(end);
        } catch (RuntimeException down) {
            // it is told again
        }
    }

    private void tell(ClaimEnd end, Permit permit, long claimedNanos) throws TimeoutException {
        boolean isBound;
        try {
            isBound = store.isThreadBound();
        } catch (IllegalStateException waitsForItself) {
            submit(() -> take(end), null, permit);
            lateEnds.add(end);
            return;
        }
        if (isBound) {
            onThisThread(permit, () -> take(end));
        } else if (quick.tryEnter(claimedNanos)) {
            quickly(permit, () -> take(end));
        } else {
            await(submit(() -> take(end), null, permit), END_NANOS);
        }
    }

    /** Tells the store the end of a claim, soon. */
    void tellLater(ClaimEnd end) {
        lateEnds.later(end);
    }

    private boolean isThreadBound() {
        try {
            return store.isThreadBound();
        } catch (IllegalStateException waitsForItself) {
            throw new StoreStalledException(String.valueOf(waitsForItself.getMessage()));
        }
    }

    private <T> T quickly(Permit permit, Supplier<T> work) {
        try {
            T result = onThisThread(permit, work);
            quick.answered();
            return result;
        } finally {
            quick.leave();
        }
    }

    private <T> T onThisThread(Permit permit, Supplier<T> work) {
        long started = time.nanoTime();
        Signal signal = Signal.SUCCESS;
        try {
            return work.get();
        } catch (RuntimeException failed) {
            boolean isByCaller = Thread.currentThread().isInterrupted();
            signal = isByCaller ? Signal.NONE : StoreStep.signal(failed);
            throw failed;
        } finally {
            circuit.end(permit, signal, started);
        }
    }

    private boolean take(ClaimEnd end) {
        boolean own;
        try {
            own = end.take();
        } catch (RuntimeException down) {
            lateEnds.failed(end, down);
            throw down;
        }
        lateEnds.remove(end);
        if (!own) {
            end.refused();
        }
        return own;
    }

    private void tellAgain(ClaimEnd end, int triesLeft) {
        Permit permit = isDirect ? null : circuit.tryAcquire();
        if (permit == null) {
            lateEnds.failedAgain(end, triesLeft, null);
            return;
        }
        submit(
                () -> {
                    try {
                        lateEnds.taken(end, end.take());
                        return true;
                    } catch (RuntimeException down) {
                        lateEnds.failedAgain(end, triesLeft, down);
                        throw down;
                    }
                },
                null,
                permit);
    }

    private <T> StoreStep<T> submit(
            Supplier<T> work, @Nullable BiConsumer<@Nullable T, @Nullable RuntimeException> late, Permit permit) {
        Supplier<T> noted = () -> {
            T result = work.get();
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

    private <T> T await(StoreStep<T> step, long patienceNanos) throws TimeoutException {
        awaited.add(step);
        callers.incrementAndGet();
        try {
            for (int look = 1; ; look++) {
                try {
                    return step.await(LOOK_NANOS);
                } catch (TimeoutException slow) {
                    if (isStalled(step, look)) {
                        giveAllUp();
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
            callers.decrementAndGet();
            awaited.remove(step);
        }
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
        circuit.close();
        threads.shutdown();
    }
}
