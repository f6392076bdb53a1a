package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.IdempotencyCounters.Result;
import dev.retrykit.spring.idempotency.guard.ClaimEnd;
import dev.retrykit.spring.idempotency.guard.ClaimMaintenance;
import dev.retrykit.spring.idempotency.guard.StoreDownException;
import dev.retrykit.spring.idempotency.guard.StoreGuard;
import dev.retrykit.spring.idempotency.guard.StoreStalledException;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.IdempotencyStore.Release;
import dev.retrykit.spring.idempotency.store.StoreFullException;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Processes requests with idempotency keys: queries the store, decides, and maintains the claims of running calls. */
public final class Idempotency implements AutoCloseable {

    private static final Log LOG = LogFactory.getLog(Idempotency.class);

    private static final Duration BETWEEN_PURGES = Duration.ofMinutes(1);

    private final IdempotencyStore store;
    private final ClaimMaintenance upkeep;
    private final StoreGuard guard;
    private final IdempotencyCounters counters = new IdempotencyCounters();
    private final List<IdempotentMethodInfo> methods = new CopyOnWriteArrayList<>();
    private volatile boolean begun;
    private volatile boolean closed;

    /** Creates the processor for a store. */
    public Idempotency(IdempotencyStore store, TimeSource time) {
        this.store = store;
        this.upkeep = new ClaimMaintenance(time);
        this.guard = new StoreGuard(store, time, upkeep);
    }

    /** Adds a method that is called with keys. The first one starts the store if {@link #begin} has been called. */
    public void add(IdempotentMethodInfo method) {
        methods.add(method);
        if (begun && methods.size() == 1) {
            start();
        }
    }

    /** Returns all methods that are called with keys. */
    public List<IdempotentMethodInfo> methods() {
        return List.copyOf(methods);
    }

    /**
     * Starts the store if there are methods that need it; otherwise the store is never used.
     *
     * @throws RuntimeException if the store cannot work with its configuration
     */
    public void begin() {
        begun = true;
        if (!methods.isEmpty()) {
            start();
        }
    }

    private void start() {
        store.prepare();
        guard.connect(down -> upkeep.warn(
                "The " + store.name()
                        + " store of idempotency keys is not reachable yet. Until it responds, requests with keys"
                        + " get 503, or what retrykit.idempotency.on-store-down specifies. Check that the store is"
                        + " running",
                down));
        purgeLater();
    }

    /** Returns the store of the outcomes. */
    public IdempotencyStore store() {
        return store;
    }

    /** Returns the counters of outcomes. */
    public IdempotencyCounters counters() {
        return counters;
    }

    /** Decides about a request whose key is in the scope shared by all callers. */
    public OpenResult open(String id, String fingerprint, ClaimTimings timings) {
        return open(id, "", fingerprint, timings);
    }

    /**
     * Decides about a request, and claims its key if the request is to be executed.
     *
     * @param id the hash of the key and everything it depends on
     * @param scope the hash of the key's owner, for which a bounded store reserves a share
     * @param fingerprint the hash of the request's content
     * @throws StoreDownException if the store is unavailable or full
     */
    public OpenResult open(String id, String scope, String fingerprint, ClaimTimings timings) {
        Claim claim = Claim.of(id);
        StoredState found;
        try {
            found = guard.claim(
                    timings.request(claim, scope, fingerprint), (late, failed) -> forget(claim, timings, late, failed));
        } catch (RuntimeException down) {
            counters.add(Result.UNAVAILABLE);
            upkeep.warn("The " + store.name() + " store of idempotency keys is unavailable", down);
            if (!(down instanceof StoreStalledException)) {
                forget(claim, timings, null, down);
            }
            throw new StoreDownException(store.name(), down);
        }
        IdempotencyDecision decision = IdempotencyDecision.of(found, fingerprint);
        counters.add(decision);
        if (decision != IdempotencyDecision.EXECUTE) {
            return new OpenResult(decision, found, null);
        }
        ActiveClaim held = new ActiveClaim(claim, timings, guard, upkeep, counters);
        held.renewed();
        return new OpenResult(decision, found, held);
    }

    /**
     * Releases a claim that the store may hold without the caller's knowledge: nothing was executed, so the key must
     * not look used.
     */
    private void forget(Claim claim, ClaimTimings timings, @Nullable StoredState late, @Nullable Throwable failed) {
        boolean isTaken = failed == null
                ? late != null && late.state() == StoredState.State.CLAIMED
                : !(failed instanceof StoreFullException);
        if (isTaken) {
            guard.tellLater(new ClaimEnd(
                    claim.id(),
                    ClaimEnd.Kind.FORGOTTEN,
                    null,
                    nothing -> store.release(claim, timings.ttl()) != Release.LOST,
                    () -> {}));
        }
    }

    private void purgeLater() {
        upkeep.after(BETWEEN_PURGES, () -> {
            try {
                if (guard.isAsked()) {
                    store.purge();
                }
            } catch (RuntimeException | Error down) {
                LOG.debug("Expired idempotency keys could not be removed", down);
            }
            if (!closed) {
                purgeLater();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        guard.close();
        upkeep.close();
    }
}
