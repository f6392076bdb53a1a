package dev.retrykit.spring.idempotency.guard;

import dev.retrykit.circuit.Permit;
import dev.retrykit.failure.Signal;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the time for which a slow or unavailable store blocks a caller, whatever the timeouts of the store's client.
 * Steps run in a {@link StoreQueue}, or on the caller's thread if the store has responded recently, because the
 * handover costs as much as the step itself.
 *
 * <ul>
 *   <li>A claim fails after 2 s. If the store accepts it later, the claim is released.
 *   <li>The end of a claim blocks the caller for at most half a second, and continues without it. Until the store has
 *       recorded it, no request in this process can claim the key, because the lease may end before that.
 *   <li>After a few failures, callers no longer wait: see {@link StoreCircuit}.
 * </ul>
 *
 * <p>A store in memory is called directly. An {@link Error} of a store is a failure like any other: callers get a
 * {@link RuntimeException}.
 */
public final class StoreGuard implements AutoCloseable {

    private static final long CLAIM_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long END_NANOS = Duration.ofMillis(500).toNanos();

    private final IdempotencyStore store;
    private final TimeSource time;
    private final boolean isDirect;
    private final StoreCircuit circuit;
    private final DirectStoreCallers quick;
    private final StoreQueue queue;
    private final PendingClaimEnds lateEnds;

    public StoreGuard(IdempotencyStore store, TimeSource time, ClaimMaintenance upkeep) {
        this.store = store;
        this.time = time;
        this.isDirect = store instanceof MemoryStore;
        this.circuit = new StoreCircuit(store, time);
        this.quick = new DirectStoreCallers(store, time);
        this.queue = new StoreQueue(time, circuit, quick);
        this.lateEnds = new PendingClaimEnds(upkeep, this::tellAgain);
    }

    /** Returns the guarded store. */
    public IdempotencyStore store() {
        return store;
    }

    /** Whether the store is currently in use. */
    public boolean isAsked() {
        return isDirect || circuit.isClosed();
    }

    /**
     * Makes a request that changes nothing in the background, so that the store's client connects before the first
     * call.
     *
     * @param failed receives what the store throws
     */
    public void connect(Consumer<Throwable> failed) {
        Permit permit = isDirect || isThreadBound() ? null : circuit.tryAcquire();
        if (permit != null) {
            queue.submit(() -> connected(failed), null, permit);
        }
    }

    private boolean connected(Consumer<Throwable> failed) {
        try {
            return store.renew(StoreCircuit.NOBODYS, Duration.ofSeconds(1));
        } catch (RuntimeException | Error down) {
            failed.accept(down);
            throw down;
        }
    }

    /**
     * Claims a key.
     *
     * @param late receives the outcome if the caller did not wait for it
     * @throws StoreStalledException if there is no response in time, or if the store is currently not in use
     * @throws RuntimeException what the store throws
     */
    public StoredState claim(ClaimRequest request, BiConsumer<@Nullable StoredState, @Nullable Throwable> late) {
        if (lateEnds.isAboutToTell(request.claim().id())) {
            return StoredState.inFlight(request.fingerprint(), PendingClaimEnds.BETWEEN_TRIES);
        }
        if (isDirect) {
            return store.claim(request);
        }
        boolean isBound = isThreadBound();
        Permit permit = circuit.tryAcquire();
        if (permit == null) {
            throw new StoreStalledException("The store failed several times and is probed in the background.");
        }
        if (isBound) {
            return onThisThread(permit, () -> store.claim(request));
        }
        return quick.tryEnter() ? quickly(permit, () -> store.claim(request)) : handedOver(request, late, permit);
    }

    private StoredState handedOver(
            ClaimRequest request, BiConsumer<@Nullable StoredState, @Nullable Throwable> late, Permit permit) {
        StoreStep<StoredState> step = queue.submit(() -> store.claim(request), late, permit);
        try {
            return queue.await(step, CLAIM_NANOS);
        } catch (TimeoutException slow) {
            StoreStalledException stalled = new StoreStalledException("The store did not respond within 2 s.");
            step.giveUp(stalled, Signal.FAILURE);
            throw stalled;
        }
    }

    public long nanoTime() {
        return time.nanoTime();
    }

    /**
     * Records the end of a claim in the store: immediately, or later if the store is slow or unavailable.
     *
     * @param claimedNanos when the key was claimed; after a long call the step is handed over to another thread
     */
    public void tell(ClaimEnd end, long claimedNanos) {
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
            // it is retried
        }
    }

    private void tell(ClaimEnd end, Permit permit, long claimedNanos) throws TimeoutException {
        boolean isBound;
        try {
            isBound = store.isThreadBound();
        } catch (IllegalStateException waitsForItself) {
            queue.submit(() -> take(end), null, permit);
            lateEnds.add(end);
            return;
        }
        if (isBound) {
            onThisThread(permit, () -> take(end));
        } else if (quick.tryEnter(claimedNanos)) {
            quickly(permit, () -> take(end));
        } else {
            queue.await(queue.submit(() -> take(end), null, permit), END_NANOS);
        }
    }

    /** Records the end of a claim in the store soon. */
    public void tellLater(ClaimEnd end) {
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
        } catch (RuntimeException | Error failed) {
            boolean isByCaller = Thread.currentThread().isInterrupted();
            signal = isByCaller ? Signal.NONE : StoreStep.signal(failed);
            throw StoreStep.unchecked(failed);
        } finally {
            circuit.end(permit, signal, started);
        }
    }

    private boolean take(ClaimEnd end) {
        boolean own;
        try {
            own = end.take();
        } catch (RuntimeException | Error down) {
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
        queue.submit(
                () -> {
                    try {
                        return lateEnds.takeAgain(end);
                    } catch (RuntimeException | Error down) {
                        lateEnds.failedAgain(end, triesLeft, down);
                        throw down;
                    }
                },
                null,
                permit);
    }

    @Override
    public void close() {
        circuit.close();
        lateEnds.close(queue.threads());
        queue.close();
    }
}
