package dev.retrykit.spring.idempotency.guard;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.circuit.Permit;
import dev.retrykit.failure.Signal;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Stops calls to a store that fails. Calls never probe the store: a dedicated thread does so once per second, with a
 * step that changes nothing.
 */
public final class StoreCircuit implements AutoCloseable {

    private static final Log LOG = LogFactory.getLog(StoreCircuit.class);

    private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);
    private static final Duration LONGEST_PROBE = Duration.ofMinutes(5);

    /** A claim that no request holds, for a step that changes nothing. */
    static final Claim NOBODYS = new Claim("probe", "probe");

    private static final CircuitPolicy POLICY = CircuitPolicy.builder()
            .consecutiveFailures(5)
            .openDuration(BETWEEN_PROBES)
            .openMultiplier(1)
            .openJitter(0)
            .probes(1)
            .lease(LONGEST_PROBE)
            .build();

    private final IdempotencyStore store;
    private final TimeSource time;
    private final Circuit circuit;
    private final AtomicBoolean probing = new AtomicBoolean();
    private final ThreadPoolExecutor thread;

    StoreCircuit(IdempotencyStore store, TimeSource time) {
        this.store = store;
        this.time = time;
        this.circuit = Circuit.of(store.name() + " store of idempotency keys", POLICY, time);
        this.thread = StoreThreads.named("retrykit-idempotency-probe-", 1);
    }

    /** Whether the store is in use. */
    boolean isClosed() {
        return circuit.state() == CircuitState.CLOSED;
    }

    /** Returns a permit to use the store; null while it fails. */
    @Nullable
    Permit tryAcquire() {
        return isClosed() ? circuit.tryAcquire(time.nanoTime()) : null;
    }

    /** Returns a permit. */
    void end(Permit permit, Signal signal, long startedNanos) {
        circuit.end(permit, signal, startedNanos, time.nanoTime());
        if (signal == Signal.FAILURE && !isClosed() && isProbedLater()) {
            LOG.warn("The " + store.name()
                    + " store of idempotency keys does not respond. Until it does, requests with keys"
                    + " immediately get 503, or what retrykit.idempotency.on-store-down specifies. Check that"
                    + " the store is running and that its connection pool has free connections");
        }
    }

    /**
     * Schedules a probe.
     *
     * @return whether none was scheduled before
     */
    private boolean isProbedLater() {
        boolean isFirst = probing.compareAndSet(false, true);
        if (isFirst) {
            time.schedule(this::handOver, BETWEEN_PROBES.toNanos());
        }
        return isFirst;
    }

    private void handOver() {
        try {
            thread.execute(this::probe);
        } catch (RejectedExecutionException ended) {
            LOG.debug("The application has ended", ended);
        }
    }

    private void probe() {
        long started = time.nanoTime();
        Permit permit = isClosed() ? null : circuit.tryAcquire(started);
        if (permit != null) {
            circuit.end(permit, signal(), started, time.nanoTime());
        }
        probing.set(false); // set before the state is read, so that either this probe or a concurrent failure sees the
        // other
        if (isClosed()) {
            LOG.info("The " + store.name() + " store of idempotency keys responds again");
        } else {
            isProbedLater();
        }
    }

    private Signal signal() {
        try {
            store.renew(NOBODYS, BETWEEN_PROBES);
            return Signal.SUCCESS;
        } catch (RuntimeException | Error down) {
            LOG.debug("The store of idempotency keys does not respond yet", down);
            return Signal.FAILURE;
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
