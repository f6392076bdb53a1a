package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.IdempotencyCounters.Result;
import dev.retrykit.spring.idempotency.guard.ClaimEnd;
import dev.retrykit.spring.idempotency.guard.ClaimMaintenance;
import dev.retrykit.spring.idempotency.guard.StoreGuard;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.IdempotencyStore.Release;
import dev.retrykit.time.TimeSource.Scheduled;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A claim while its call is running. Its lease is renewed until the claim ends in one of three ways; the first one
 * counts.
 */
public final class ActiveClaim {

    private static final Log LOG = LogFactory.getLog(ActiveClaim.class);

    private static final Duration WHILE_DOWN = Duration.ofSeconds(1);

    private static final ThreadLocal<@Nullable ActiveClaim> BOUND = new ThreadLocal<>();

    private final Claim claim;
    private final ClaimTimings timings;
    private final IdempotencyStore store;
    private final StoreGuard guard;
    private final ClaimMaintenance upkeep;
    private final IdempotencyCounters counters;
    private final long claimedNanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger commits = new AtomicInteger();
    private final Runnable repeat = this::repeated;
    private @Nullable ActiveClaim enclosing;
    private volatile boolean abandoned;
    private volatile boolean repeatsCommits;
    private volatile boolean hasRead;
    private volatile @Nullable Scheduled renewal;

    ActiveClaim(
            Claim claim,
            ClaimTimings timings,
            StoreGuard guard,
            ClaimMaintenance upkeep,
            IdempotencyCounters counters) {
        this.claim = claim;
        this.timings = timings;
        this.guard = guard;
        this.store = guard.store();
        this.upkeep = upkeep;
        this.counters = counters;
        this.claimedNanos = guard.nanoTime();
    }

    /** Returns the innermost claim whose call runs on this thread; null if there is none. */
    public static @Nullable ActiveClaim onThisThread() {
        return BOUND.get();
    }

    /** Binds the claim to the current thread until the binding is closed on the same thread. */
    public Binding bind() {
        ActiveClaim before = BOUND.get();
        enclosing = before;
        BOUND.set(this);
        return () -> {
            if (before == null) {
                BOUND.remove();
            } else {
                BOUND.set(before);
            }
        };
    }

    /** Ends the binding of a claim to a thread. */
    @FunctionalInterface
    public interface Binding extends AutoCloseable {

        @Override
        void close();
    }

    /** Returns the claim as the store knows it. */
    public Claim claim() {
        return claim;
    }

    /** Returns the store of the claim. */
    public IdempotencyStore store() {
        return store;
    }

    /** Returns the enclosing claim on the thread; null if none. */
    public @Nullable ActiveClaim enclosing() {
        return enclosing;
    }

    /** Records that a transaction updates the claim just before its commit. */
    public void fenced() {
        commits.incrementAndGet();
    }

    /** Returns the number of transactions that updated the claim just before their commit. */
    public int commits() {
        return commits.get();
    }

    /** Whether a transaction updated the claim just before its commit. */
    public boolean isFenced() {
        return commits.get() > 0;
    }

    /** Records that a transaction without writes is about to commit. */
    public void read() {
        hasRead = true;
    }

    /** Whether all known effects are tied to the claim: every transaction either updated the claim or wrote nothing. */
    boolean isTied() {
        return (isFenced() || hasRead) && !repeatsCommits;
    }

    /** Returns the callback for the repeat of an attempt in which such a transaction was committed. */
    public Runnable repeat() {
        return repeat;
    }

    private void repeated() {
        repeatsCommits = true;
    }

    /** Reports that another call has taken over the claim. */
    public void lost() {
        if (isFirstEnd()) {
            counters.add(Result.LOST);
            LOG.warn("The claim on the idempotency key " + claim.id()
                    + " was taken over by another call, because its lease of "
                    + timings.lease().toMillis() + " ms had expired");
        }
    }

    void renewed() {
        renewAfter(timings.lease().dividedBy(3));
    }

    private boolean isFirstEnd() {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        Scheduled next = renewal;
        if (next != null) {
            next.cancel();
        }
        return true;
    }

    private void renew() {
        if (ended.get()) {
            return;
        }
        if (!guard.isAsked()) {
            renewAfter(WHILE_DOWN);
            return;
        }
        try {
            if (!store.renew(claim, timings.lease()) && !ended.get()) {
                lost();
                return;
            }
            if (abandoned) {
                endLease(); // it may have been ended before this renewal
            }
        } catch (RuntimeException | Error down) {
            upkeep.warn("The lease of the idempotency key " + claim.id() + " could not be renewed", down);
        }
        if (!ended.get()) {
            renewed();
        }
    }

    private void renewAfter(Duration delay) {
        renewal = upkeep.after(delay, this::renew);
        if (ended.get()) {
            renewal.cancel();
        }
    }

    /**
     * Ends the claim after its call was executed.
     *
     * @param answer the response to store; null if none is stored
     */
    public void complete(@Nullable Answer answer) {
        end(ClaimEnd.Kind.COMPLETED, answer, kept -> store.complete(claim, kept, timings.ttl()));
    }

    /** Ends the claim after its call had no effect, as far as is known here. */
    public void release() {
        end(ClaimEnd.Kind.RELEASED, null, nothing -> store.release(claim, timings.ttl()) != Release.LOST);
    }

    /**
     * Ends the lease because the outcome of the call will not be known here. The store is updated on another thread.
     */
    public void abandon() {
        if (isFirstEnd()) {
            abandoned = true;
            upkeep.start(this::endLease);
        }
    }

    private void endLease() {
        try {
            store.abandon(claim);
        } catch (RuntimeException | Error down) {
            upkeep.warn(
                    "The lease of the idempotency key " + claim.id()
                            + " could not be ended, so repeats are refused for up to "
                            + timings.lease().toMillis() + " ms",
                    down);
        }
    }

    private void end(ClaimEnd.Kind kind, @Nullable Answer answer, ClaimEnd.Step step) {
        if (isFirstEnd()) {
            guard.tell(new ClaimEnd(claim.id(), kind, answer, step, () -> refused(kind)), claimedNanos);
        }
    }

    private void refused(ClaimEnd.Kind kind) {
        counters.add(Result.LOST);
        LOG.warn("The claim on the idempotency key " + claim.id() + " was not " + kind.done()
                + ": it was taken over by another call, because its lease of "
                + timings.lease().toMillis()
                + " ms had expired. Unless a transaction was tied to the claim, the call may have run"
                + " twice. Raise retrykit.idempotency.lease to twice the time for which the store may be"
                + " unavailable");
    }
}
