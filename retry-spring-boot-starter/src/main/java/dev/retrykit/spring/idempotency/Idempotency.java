package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.IdempotencyCounters.Result;
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

/** Opens keys: asks the store, decides, and looks after the claims of what is carried out. */
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

    /** With a store. */
    public Idempotency(IdempotencyStore store, TimeSource time) {
        this.store = store;
        this.upkeep = new ClaimMaintenance(time);
        this.guard = new StoreGuard(store, time, upkeep);
    }

    /** A method that is called with keys; the first one makes ready, if that is still to be done. */
    public void add(IdempotentMethodInfo method) {
        methods.add(method);
        if (begun && methods.size() == 1) {
            start();
        }
    }

    /** All methods that are called with keys. */
    public List<IdempotentMethodInfo> methods() {
        return List.copyOf(methods);
    }

    /**
     * Makes ready, if there is any such method; otherwise the store is never touched.
     *
     * @throws RuntimeException if the store can't do its work, and never will
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
                        + " store of idempotency keys can't be reached yet. Until it answers, requests with"
                        + " keys are answered with 503, or as retrykit.idempotency.on-store-down says. Check that it is up",
                down));
        purgeLater();
    }

    /** Where it is kept what became of keys. */
    public IdempotencyStore store() {
        return store;
    }

    /** What became of requests. */
    public IdempotencyCounters counters() {
        return counters;
    }

    /** Decides about a request whose key is in a scope that all share. */
    public OpenResult open(String id, String fingerprint, ClaimTimings terms) {
        return open(id, "", fingerprint, terms);
    }

    /**
     * Decides about a request, and holds its key if it is to be carried out.
     *
     * @param id the hash of the key, and of all that it belongs to
     * @param scope the hash of whose key it is, which a bounded store gives a share
     * @param fingerprint what the request consists of
     * @throws StoreDownException if the store can't be asked, or is full
     */
    public OpenResult open(String id, String scope, String fingerprint, ClaimTimings terms) {
        Claim claim = Claim.of(id);
        StoredState found;
        try {
            found = guard.claim(
                    terms.request(claim, scope, fingerprint), (late, failed) -> forget(claim, terms, late, failed));
        } catch (RuntimeException down) {
            counters.add(Result.UNAVAILABLE);
            upkeep.warn("The " + store.name() + " store of idempotency keys can't be asked", down);
            if (!(down instanceof StoreStalledException)) {
                forget(claim, terms, null, down);
            }
            throw new StoreDownException(store.name(), down);
        }
        IdempotencyDecision decision = IdempotencyDecision.of(found, fingerprint);
        counters.add(decision);
        if (decision != IdempotencyDecision.EXECUTE) {
            return new OpenResult(decision, found, null);
        }
        ActiveClaim held = new ActiveClaim(claim, terms, guard, upkeep, counters);
        held.renewed();
        return new OpenResult(decision, found, held);
    }

    /** The store may have taken the claim, and nobody knows: nothing was carried out, so it must not look as if. */
    private void forget(Claim claim, ClaimTimings terms, @Nullable StoredState late, @Nullable Throwable failed) {
        boolean isTaken = failed == null
                ? late != null && late.state() == StoredState.State.CLAIMED
                : !(failed instanceof StoreFullException);
        if (isTaken) {
            guard.tellLater(new ClaimEnd(
                    claim.id(),
                    ClaimEnd.Kind.FORGOTTEN,
                    null,
                    nothing -> store.release(claim, terms.ttl()) != Release.LOST,
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
                LOG.debug("Expired idempotency keys couldn't be removed", down);
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
