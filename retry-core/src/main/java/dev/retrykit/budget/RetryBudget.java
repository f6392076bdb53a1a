package dev.retrykit.budget;

import dev.retrykit.failure.Signal;
import dev.retrykit.time.Nanos;
import dev.retrykit.time.TimeSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many retries a dependency may be burdened with. Thread-safe; share one among all callers of a dependency.
 *
 * <p>A retry costs a token, a first attempt costs nothing. Each success earns a fraction of a token, which lives for
 * the window. A retry that succeeds gives its token back: the budget pays only for retries that fail. No retry is
 * granted while the majority fails.
 *
 * <p>The earned tokens lie on a line as long as all successes ever, times the ratio. A pointer on that line parts the
 * tokens that are gone, spent or expired, from those that are left; expiry pushes the pointer to where the line was
 * one window ago, a retry pushes it one token on. So one number tells what is left, and one CAS spends it.
 */
public final class RetryBudget {

    private static final AtomicReferenceFieldUpdater<RetryBudget, Ledger> LEDGER =
            AtomicReferenceFieldUpdater.newUpdater(RetryBudget.class, Ledger.class, "ledger");

    private final String name;
    private final TimeSource time;
    private final Shared shared;
    private volatile Ledger ledger;

    private RetryBudget(String name, TimeSource time, Shared shared) {
        this.name = Objects.requireNonNull(name, "name");
        this.time = time;
        this.shared = shared;
        this.ledger = Ledger.full(shared.policy, time.nanoTime());
    }

    /** A budget on the system's clock. */
    public static RetryBudget of(String name, BudgetPolicy policy) {
        return of(name, policy, TimeSource.system());
    }

    /** A budget on another clock. */
    public static RetryBudget of(String name, BudgetPolicy policy, TimeSource time) {
        return new RetryBudget(name, time, new Shared(Objects.requireNonNull(policy, "policy")));
    }

    /**
     * A full budget of the same name and settings, for another part of the dependency. Both count into one account, and
     * both take other settings when one of them does.
     */
    public RetryBudget another() {
        return new RetryBudget(name, time, shared);
    }

    /**
     * Takes other settings from now on. The window keeps what its new size reaches into, the tokens that are left stay, as
     * far as the window's successes would earn them at the new ratio, and of another reserve as many are missing as were
     * before. An unlimited budget has watched nothing: it becomes a full one.
     */
    public void change(BudgetPolicy policy) {
        shared.policy = Objects.requireNonNull(policy, "policy");
        ledger(time.nanoTime());
    }

    /** What is there under the settings that hold now: whoever comes first after a change makes it. */
    private Ledger ledger(long nowNanos) {
        Ledger seen = ledger;
        for (BudgetPolicy policy = shared.policy; seen.policy() != policy; policy = shared.policy) {
            LEDGER.compareAndSet(this, seen, seen.under(policy, nowNanos));
            seen = ledger;
        }
        return seen;
    }

    /** What a granted retry was paid with; it is given back to where it came from. */
    public enum Token {

        /** Earned by successes of the last window. */
        EARNED,

        /** From the reserve. */
        RESERVE,

        /** The budget is unlimited. */
        FREE
    }

    /**
     * Counts the outcome of an attempt, the first of a call or a retry.
     *
     * @param nowNanos a reading of this budget's clock
     */
    public void record(Signal signal, long nowNanos) {
        Ledger seen = ledger(nowNanos);
        if (seen.policy().isUnlimited()) {
            return;
        }
        if (signal.isSuccess()) {
            seen.window().add(Ledger.SUCCESS, nowNanos);
            refillReserve(seen, nowNanos);
        } else if (signal != Signal.NONE) {
            seen.window().add(Ledger.FAILURE, nowNanos);
        }
    }

    /**
     * Takes a token for one retry.
     *
     * @param nowNanos a reading of this budget's clock
     * @return the token, or null if the retry must not be made
     */
    public @Nullable Token tryAcquire(long nowNanos) {
        Token token = spend(nowNanos);
        (token == null ? shared.denied : shared.granted).increment();
        return token;
    }

    /**
     * Gives back the token of a retry that succeeded, or that was never made. Tokens are spent oldest first, so it is
     * the youngest of the spent ones that gets free; if they have all expired, none does.
     */
    public void giveBack(Token token) {
        switch (token) {
            case EARNED -> LEDGER.updateAndGet(this, seen -> seen.withSpent(seen.spent() - Ledger.TOKEN));
            case RESERVE ->
                LEDGER.updateAndGet(
                        this, seen -> seen.withReserve(Math.min(seen.policy().reserve(), seen.reserve() + 1)));
            case FREE -> {}
        }
    }

    /**
     * The same, some time after the token was spent. An earned one has expired once the window is over: it would free one
     * that others have spent since.
     *
     * @param spentNanos when it was spent
     */
    public void giveBack(Token token, long spentNanos, long nowNanos) {
        if (token != Token.EARNED || nowNanos - spentNanos < Nanos.of(policy().window())) {
            giveBack(token);
        }
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The settings that hold now. */
    public BudgetPolicy policy() {
        return shared.policy;
    }

    /** The clock. */
    public TimeSource time() {
        return time;
    }

    /** What the budget holds now. */
    public BudgetSnapshot snapshot() {
        long now = time.nanoTime();
        Ledger seen = ledger(now);
        seen.window().slideTo(now);
        long tokens = Math.max(0, seen.left(seen.earned(), seen.expired()) / Ledger.TOKEN) + seen.reserve();
        return new BudgetSnapshot(
                name,
                seen.policy().isUnlimited(),
                (int) Math.min(Integer.MAX_VALUE, tokens),
                seen.reserve(),
                seen.attempts(),
                seen.window().count(Ledger.SUCCESS),
                shared.granted.sum(),
                shared.denied.sum());
    }

    private @Nullable Token spend(long nowNanos) {
        while (true) {
            Ledger seen = ledger(nowNanos);
            if (seen.policy().isUnlimited()) {
                return Token.FREE;
            }
            seen.window().slideTo(nowNanos);
            if (seen.majorityFails()) {
                return null;
            }
            // Both are read once: when the window turns, another reading may not leave the token that was seen.
            long earned = seen.earned();
            long expired = seen.expired();
            Token token = seen.next(earned, expired);
            if (token == null || LEDGER.compareAndSet(this, seen, seen.afterRetry(token, expired))) {
                return token;
            }
        }
    }

    private void refillReserve(Ledger first, long nowNanos) {
        for (Ledger seen = first; seen.owesReserve(nowNanos); seen = ledger) {
            LEDGER.compareAndSet(this, seen, seen.refilled(nowNanos));
        }
    }

    @Override
    public String toString() {
        return "RetryBudget[" + name + ": " + policy() + "]";
    }

    /** What is one for all parts of a dependency. */
    private static final class Shared {

        volatile BudgetPolicy policy;
        final LongAdder granted = new LongAdder();
        final LongAdder denied = new LongAdder();

        Shared(BudgetPolicy policy) {
            this.policy = policy;
        }
    }
}
