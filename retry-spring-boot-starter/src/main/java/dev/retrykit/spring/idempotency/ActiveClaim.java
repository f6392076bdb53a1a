package dev.retrykit.spring.idempotency;

import dev.retrykit.spring.idempotency.IdempotencyCounters.Result;
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
 * A claim while what it stands for is carried out. Its lease is renewed until it ends in one of three ways, of which the
 * first one counts.
 */
public final class ActiveClaim {

    private static final Log LOG = LogFactory.getLog(ActiveClaim.class);

    private static final Duration WHILE_DOWN = Duration.ofSeconds(1);

    private static final ThreadLocal<@Nullable ActiveClaim> BOUND = new ThreadLocal<>();

    private final Claim claim;
    private final ClaimTimings terms;
    private final IdempotencyStore store;
    private final StoreGuard guard;
    private final ClaimMaintenance upkeep;
    private final IdempotencyCounters counters;
    private final long claimedNanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger commits = new AtomicInteger();
    private final Runnable repeat = this::repeated;
    private @Nullable ActiveClaim outer;
    private volatile boolean abandoned;
    private volatile boolean repeatsCommits;
    private volatile boolean hasRead;
    private volatile @Nullable Scheduled renewal;

    ActiveClaim(
            Claim claim, ClaimTimings terms, StoreGuard guard, ClaimMaintenance upkeep, IdempotencyCounters counters) {
        this.claim = claim;
        this.terms = terms;
        this.guard = guard;
        this.store = guard.store();
        this.upkeep = upkeep;
        this.counters = counters;
        this.claimedNanos = guard.nanoTime();
    }

    /** The claim that this thread carries out, the innermost one; null if it carries out none. */
    public static @Nullable ActiveClaim onThisThread() {
        return BOUND.get();
    }

    /** Of the current thread, until it is closed on the same one. */
    public Binding bind() {
        ActiveClaim before = BOUND.get();
        outer = before;
        BOUND.set(this);
        return () -> {
            if (before == null) {
                BOUND.remove();
            } else {
                BOUND.set(before);
            }
        };
    }

    /** What ends a thread's work for a claim. */
    @FunctionalInterface
    public interface Binding extends AutoCloseable {

        @Override
        void close();
    }

    /** The claim. */
    public Claim claim() {
        return claim;
    }

    /** Where it is kept. */
    public IdempotencyStore store() {
        return store;
    }

    /** The claim that the thread was carrying out already; null if none. */
    public @Nullable ActiveClaim outer() {
        return outer;
    }

    /** A transaction updates the claim just before its commit. */
    public void fenced() {
        commits.incrementAndGet();
    }

    /** How many transactions have updated the claim just before their commits. */
    public int commits() {
        return commits.get();
    }

    /** Whether a transaction updated the claim just before its commit. */
    public boolean isFenced() {
        return commits.get() > 0;
    }

    /** A transaction that has written nothing is about to be committed. */
    public void read() {
        hasRead = true;
    }

    /** Whether all that is known of its effect is tied to the claim: its transactions are, or have written nothing. */
    boolean isTied() {
        return (isFenced() || hasRead) && !repeatsCommits;
    }

    /** What is to be told if an attempt is repeated in which such a transaction was committed. */
    public Runnable repeat() {
        return repeat;
    }

    private void repeated() {
        repeatsCommits = true;
    }

    /** Somebody else has it now. */
    public void lost() {
        if (isFirstEnd()) {
            counters.add(Result.LOST);
            LOG.warn("The claim on the idempotency key " + claim.id() + " was taken over: its lease of "
                    + terms.lease().toMillis() + " ms had ended");
        }
    }

    void renewed() {
        renewAfter(terms.lease().dividedBy(3));
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
            if (!store.renew(claim, terms.lease()) && !ended.get()) {
                lost();
                return;
            }
            if (abandoned) {
                endLease(); // it may have been ended before it was renewed
            }
        } catch (RuntimeException | Error down) {
            upkeep.warn("The lease of the idempotency key " + claim.id() + " couldn't be renewed", down);
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
     * It was carried out.
     *
     * @param answer the answer to keep; null if none is
     */
    public void complete(@Nullable Answer answer) {
        end(ClaimEnd.Kind.COMPLETED, answer, kept -> store.complete(claim, kept, terms.ttl()));
    }

    /** It had no effect, as far as is known here. */
    public void release() {
        end(ClaimEnd.Kind.RELEASED, null, nothing -> store.release(claim, terms.ttl()) != Release.LOST);
    }

    /** Nobody here will learn what becomes of it: its lease ends now. The store is told on another thread. */
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
                    "The lease of the idempotency key " + claim.id() + " couldn't be ended, so repeats are refused for "
                            + terms.lease().toMillis() + " ms at most",
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
        LOG.warn("The idempotency key " + claim.id() + " wasn't " + kind.done()
                + ": its claim was taken over, since its lease of "
                + terms.lease().toMillis()
                + " ms had ended. Unless a transaction was tied to the claim, the call may have been made twice. Raise"
                + " retrykit.idempotency.lease to twice the time for which the store may be away");
    }
}
