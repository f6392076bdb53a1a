package dev.retrykit.budget;

import dev.retrykit.failure.Signal;
import dev.retrykit.time.TimeSource;
import dev.retrykit.window.SlidingWindow;
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

    /** The success rate of fewer attempts than this says nothing. */
    private static final int MIN_ATTEMPTS = 20;

    /** Tokens are counted in millionths: integers lose nothing when 0.1 is added ten times. */
    private static final long TOKEN = 1_000_000;

    private static final AtomicReferenceFieldUpdater<RetryBudget, Ledger> LEDGER =
            AtomicReferenceFieldUpdater.newUpdater(RetryBudget.class, Ledger.class, "ledger");

    private static final int SUCCESS = 0;
    private static final int FAILURE = 1;

    private final String name;
    private final BudgetPolicy policy;
    private final TimeSource time;
    private final long earnedPerSuccess;
    private final SlidingWindow window;
    private volatile Ledger ledger;
    private final LongAdder granted;
    private final LongAdder denied;

    private RetryBudget(String name, BudgetPolicy policy, TimeSource time, LongAdder granted, LongAdder denied) {
        this.name = Objects.requireNonNull(name, "name");
        this.policy = policy;
        this.time = time;
        this.earnedPerSuccess = Math.round(policy.ratio() * TOKEN);
        long now = time.nanoTime();
        this.window = new SlidingWindow(2, policy.windowNanos(), 10, now);
        this.ledger = new Ledger(0, policy.reserve(), now - policy.windowNanos());
        this.granted = granted;
        this.denied = denied;
    }

    /** A budget on the system's clock. */
    public static RetryBudget of(String name, BudgetPolicy policy) {
        return of(name, policy, TimeSource.system());
    }

    /** A budget on another clock. */
    public static RetryBudget of(String name, BudgetPolicy policy, TimeSource time) {
        return new RetryBudget(name, policy, time, new LongAdder(), new LongAdder());
    }

    /** A full budget of the same name and settings, for another part of the dependency. Both count into one account. */
    public RetryBudget another() {
        return new RetryBudget(name, policy, time, granted, denied);
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
        if (policy.isUnlimited()) {
            return;
        }
        if (signal.isSuccess()) {
            window.add(SUCCESS, nowNanos);
            refillReserve(nowNanos);
        } else if (signal != Signal.NONE) {
            window.add(FAILURE, nowNanos);
        }
    }

    /**
     * Takes a token for one retry.
     *
     * @param nowNanos a reading of this budget's clock
     * @return the token, or null if the retry must not be made
     */
    public @Nullable Token tryAcquire(long nowNanos) {
        Token token = policy.isUnlimited() ? Token.FREE : spend(nowNanos);
        (token == null ? denied : granted).increment();
        return token;
    }

    /**
     * Gives back the token of a retry that succeeded, or that was never made. Tokens are spent oldest first, so it is
     * the youngest of the spent ones that gets free; if they have all expired, none does.
     */
    public void giveBack(Token token) {
        switch (token) {
            case EARNED -> LEDGER.updateAndGet(this, seen -> seen.withSpent(seen.spent - TOKEN));
            case RESERVE ->
                LEDGER.updateAndGet(this, seen -> seen.withReserve(Math.min(policy.reserve(), seen.reserve + 1)));
            case FREE -> {}
        }
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The settings. */
    public BudgetPolicy policy() {
        return policy;
    }

    /** The clock. */
    public TimeSource time() {
        return time;
    }

    /** What the budget holds now. */
    public BudgetSnapshot snapshot() {
        window.slideTo(time.nanoTime());
        Ledger seen = ledger;
        long successes = window.count(SUCCESS);
        long attempts = successes + window.count(FAILURE);
        return new BudgetSnapshot(
                name,
                policy.isUnlimited(),
                (int) Math.min(Integer.MAX_VALUE, Math.max(0, seen.left(earned(), expired()) / TOKEN) + seen.reserve),
                seen.reserve,
                attempts,
                successes,
                granted.sum(),
                denied.sum());
    }

    private @Nullable Token spend(long nowNanos) {
        window.slideTo(nowNanos);
        if (majorityFails()) {
            return null;
        }
        // Both are read once: when the window turns, another reading may not leave the token that was seen.
        long earned = earned();
        long expired = expired();
        Ledger before = LEDGER.getAndUpdate(this, seen -> seen.afterRetry(earned, expired));
        return before.next(earned, expired);
    }

    private boolean majorityFails() {
        long successes = window.count(SUCCESS);
        long attempts = successes + window.count(FAILURE);
        return attempts >= MIN_ATTEMPTS && successes * 100.0 < policy.minSuccess() * attempts;
    }

    /** All that was ever earned: the length of the line. */
    private long earned() {
        return window.total(SUCCESS) * earnedPerSuccess;
    }

    /** Where the line ended one window ago. */
    private long expired() {
        return window.totalBefore(SUCCESS) * earnedPerSuccess;
    }

    private void refillReserve(long nowNanos) {
        for (Ledger seen = ledger; seen.owesReserve(policy, nowNanos); seen = ledger) {
            LEDGER.compareAndSet(this, seen, new Ledger(seen.spent, seen.reserve + 1, nowNanos));
        }
    }

    @Override
    public String toString() {
        return "RetryBudget[" + name + ": " + policy + "]";
    }

    /**
     * A value, replaced as a whole.
     *
     * @param spent the pointer on the line of earned tokens, in millionths; expiry may be ahead of it
     * @param reserve whole tokens left in the reserve
     * @param refilledNanos when a success last brought one back
     */
    private record Ledger(long spent, int reserve, long refilledNanos) {

        /** What the next retry is paid with, null if it can't be paid. */
        @Nullable
        Token next(long earned, long expired) {
            if (left(earned, expired) >= TOKEN) {
                return Token.EARNED;
            }
            return reserve > 0 ? Token.RESERVE : null;
        }

        Ledger afterRetry(long earned, long expired) {
            Token paid = next(earned, expired);
            if (paid == Token.EARNED) {
                return withSpent(gone(expired) + TOKEN);
            }
            return paid == Token.RESERVE ? withReserve(reserve - 1) : this;
        }

        long left(long earned, long expired) {
            return earned - gone(expired);
        }

        private long gone(long expired) {
            return Math.max(spent, expired);
        }

        Ledger withSpent(long newSpent) {
            return new Ledger(newSpent, reserve, refilledNanos);
        }

        Ledger withReserve(int newReserve) {
            return new Ledger(spent, newReserve, refilledNanos);
        }

        boolean owesReserve(BudgetPolicy policy, long nowNanos) {
            return reserve < policy.reserve() && nowNanos - refilledNanos >= policy.windowNanos();
        }
    }
}
