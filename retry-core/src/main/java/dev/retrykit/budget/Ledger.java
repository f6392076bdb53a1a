package dev.retrykit.budget;

import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.window.SlidingWindow;
import org.jspecify.annotations.Nullable;

/**
 * What a budget holds. A value, replaced as a whole.
 *
 * @param policy the settings that it is kept by
 * @param window counts successes and failures
 * @param spent the pointer on the line of earned tokens, in millionths; expiry may be ahead of it
 * @param reserve whole tokens left in the reserve
 * @param refilledNanos when a success last brought one back
 */
record Ledger(BudgetPolicy policy, SlidingWindow window, long spent, int reserve, long refilledNanos) {

    static final int SUCCESS = 0;
    static final int FAILURE = 1;

    /** Tokens are counted in millionths: integers lose nothing when 0.1 is added ten times. */
    static final long TOKEN = 1_000_000;

    /** The success rate of fewer attempts than this says nothing. */
    private static final int MIN_ATTEMPTS = 20;

    private static final int SLICES = 10;

    static Ledger full(BudgetPolicy policy, long nowNanos) {
        return new Ledger(
                policy,
                new SlidingWindow(2, policy.windowNanos(), SLICES, nowNanos),
                0,
                policy.reserve(),
                nowNanos - policy.windowNanos());
    }

    /** The line is as long as the new ratio makes it, and what is left of it lies at its end. */
    Ledger under(BudgetPolicy other, long nowNanos) {
        if (policy.isUnlimited() || other.isUnlimited()) {
            return full(other, nowNanos);
        }
        window.slideTo(nowNanos);
        long left = Math.max(0, left(earned(), expired()));
        SlidingWindow kept = other.windowNanos() == policy.windowNanos()
                ? window
                : window.resized(other.windowNanos(), SLICES, nowNanos);
        return new Ledger(
                other,
                kept,
                kept.total(SUCCESS) * other.earnedPerSuccess() - left,
                Math.max(0, other.reserve() - (policy.reserve() - reserve)),
                refilledNanos);
    }

    /** All that was ever earned: the length of the line. */
    long earned() {
        return window.total(SUCCESS) * policy.earnedPerSuccess();
    }

    /** Where the line ended one window ago. */
    long expired() {
        return window.totalBefore(SUCCESS) * policy.earnedPerSuccess();
    }

    long attempts() {
        return window.count(SUCCESS) + window.count(FAILURE);
    }

    boolean majorityFails() {
        return attempts() >= MIN_ATTEMPTS && tooFewSucceed();
    }

    private boolean tooFewSucceed() {
        return window.count(SUCCESS) * 100.0 < policy.minSuccess() * attempts();
    }

    /** What the next retry is paid with, null if it can't be paid. */
    @Nullable
    Token next(long earned, long expired) {
        if (left(earned, expired) >= TOKEN) {
            return Token.EARNED;
        }
        return reserve > 0 ? Token.RESERVE : null;
    }

    Ledger afterRetry(Token paid, long expired) {
        return paid == Token.EARNED ? withSpent(gone(expired) + TOKEN) : withReserve(reserve - 1);
    }

    long left(long earned, long expired) {
        return earned - gone(expired);
    }

    private long gone(long expired) {
        return Math.max(spent, expired);
    }

    Ledger withSpent(long newSpent) {
        return new Ledger(policy, window, newSpent, reserve, refilledNanos);
    }

    Ledger withReserve(int newReserve) {
        return new Ledger(policy, window, spent, newReserve, refilledNanos);
    }

    /**
     * However few attempts there were: thousands of clients with a call in a few seconds each would otherwise get a token
     * for every call that a half-broken dependency answers, and keep it down by them.
     */
    boolean owesReserve(long nowNanos) {
        return reserve < policy.reserve() && nowNanos - refilledNanos >= policy.windowNanos() && !tooFewSucceed();
    }

    Ledger refilled(long nowNanos) {
        return new Ledger(policy, window, spent, reserve + 1, nowNanos);
    }
}
