package dev.retrykit.budget;

import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.window.SlidingWindow;
import dev.retrykit.window.SlidingWindow.Reach;
import org.jspecify.annotations.Nullable;

/**
 * What a budget holds. A value, replaced as a whole.
 *
 * @param policy the settings that it is kept by
 * @param window counts successes, failures, and which of these were forgiven
 * @param spent the pointer on the line of earned tokens, in millionths; expiry may be ahead of it
 * @param reserve whole tokens left in the reserve
 * @param refilledNanos when a success last brought one back
 * @param trouble since when the dependency fails
 * @param probing when a retry may find out whether it has recovered
 */
record Ledger(
        BudgetPolicy policy,
        SlidingWindow window,
        long spent,
        int reserve,
        long refilledNanos,
        Trouble trouble,
        Probing probing) {

    static final int SUCCESS = 0;
    static final int FAILURE = 1;

    /** Failures of calls that succeeded in the end: they are judged as successes. */
    static final int FORGIVEN = 2;

    /** Tokens are counted in millionths: integers lose nothing when 0.1 is added ten times. */
    static final long TOKEN = 1_000_000;

    /** The success rate of fewer attempts than this says nothing. */
    private static final int MIN_ATTEMPTS = 20;

    /** Percent that must succeed for what fails next to be a trouble of its own. */
    private static final double CALM = 80;

    private static final int KINDS = 3;
    private static final int SLICES = 10;

    static Ledger full(BudgetPolicy policy, long nowNanos) {
        return new Ledger(
                policy,
                new SlidingWindow(KINDS, policy.windowNanos(), SLICES, nowNanos, true),
                0,
                policy.reserve(),
                nowNanos - policy.windowNanos(),
                Trouble.none(nowNanos),
                Probing.none(nowNanos));
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
                refilledNanos,
                trouble,
                probing);
    }

    /** All that was ever earned: the length of the line. */
    long earned() {
        return window.total(SUCCESS) * policy.earnedPerSuccess();
    }

    /** Where the line ended one window ago. */
    long expired() {
        return window.totalBefore(SUCCESS) * policy.earnedPerSuccess();
    }

    /** What the window is judged by: of a call that succeeded in the end the success alone, of others each attempt. */
    long attempts() {
        return attempts(window.count(SUCCESS), window.count(FAILURE), window.count(FORGIVEN));
    }

    private static long attempts(long successes, long failures, long forgiven) {
        return successes + Math.max(0, failures - forgiven);
    }

    private static long attempts(long[] counts) {
        return attempts(counts[SUCCESS], counts[FAILURE], counts[FORGIVEN]);
    }

    /** Whether of as many attempts as tell something, however long ago they were, too few succeeded. */
    private boolean majorityFails() {
        long[] counts = reach();
        return attempts(counts) >= MIN_ATTEMPTS && !succeed(counts, policy.minSuccess());
    }

    /** Whether so many percent succeed, both now and of as many as tell something. No attempt at all is a good sign. */
    private boolean succeed(double percent) {
        return window.count(SUCCESS) * 100.0 >= percent * attempts() && succeed(reach(), percent);
    }

    private static boolean succeed(long[] counts, double percent) {
        return counts[SUCCESS] * 100.0 >= percent * attempts(counts);
    }

    private long[] reach() {
        Reach reach = window.reach(counts -> attempts(counts) >= MIN_ATTEMPTS);
        return reach.counts();
    }

    /** What a retry is paid with; null if it can't be made. */
    @Nullable
    Payment pay(RetryBudget.Asking asking, long nowNanos) {
        if (policy.grantsNothing()) {
            return null;
        }
        boolean soon = trouble.isYoung(nowNanos);
        if (probing.proven() > 0) {
            return new Payment(Token.PROBE, with(probing.used()));
        }
        if (soon || !majorityFails()) {
            // Both are read once: when the window turns, another reading may not leave the token that was seen.
            long expired = expired();
            Token token = next(left(earned(), expired), asking.retry());
            if (token != null) {
                Ledger paid = token == Token.EARNED ? withSpent(gone(expired) + TOKEN) : withReserve(reserve - 1);
                return new Payment(
                        token, paid.granted(soon).with(probing.after(nowNanos, failures(), asking.random())));
            }
            if (soon && trouble.hasAllowance()) {
                return new Payment(Token.ALLOWANCE, granted(true));
            }
        }
        Probing next = probing.begin(nowNanos, failures(), asking.random());
        return next == null ? null : new Payment(Token.PROBE, with(next));
    }

    /**
     * A retry that may be made.
     *
     * @param token what it is paid with
     * @param after what the budget holds then
     */
    record Payment(Token token, Ledger after) {}

    /** A later retry of a call leaves the last token to the first retry of another one. */
    private @Nullable Token next(long left, int retry) {
        boolean earned = left >= TOKEN;
        if (retry > 1 && Math.max(0, left / TOKEN) + reserve < 2) {
            return null;
        }
        if (earned) {
            return Token.EARNED;
        }
        return reserve > 0 ? Token.RESERVE : null;
    }

    long left(long earned, long expired) {
        return earned - gone(expired);
    }

    private long gone(long expired) {
        return Math.max(spent, expired);
    }

    private long failures() {
        return window.total(FAILURE);
    }

    /**
     * An attempt has failed, and isn't counted yet. What fails now has nothing to do with what failed before if that is over
     * and most has succeeded since.
     *
     * @param first whether it is the first failure of a call
     * @return what the budget holds then; null if nothing else
     */
    @Nullable
    Ledger afterFailure(boolean first, long nowNanos) {
        boolean isNew = trouble.isOld(nowNanos) && succeed(CALM);
        if (isNew) {
            Trouble begun = Trouble.begin(nowNanos);
            return with(first ? begun.withCall() : begun);
        }
        return first && trouble.isYoung(nowNanos) ? with(trouble.withCall()) : null;
    }

    Ledger withSpent(long newSpent) {
        return new Ledger(policy, window, newSpent, reserve, refilledNanos, trouble, probing);
    }

    Ledger withReserve(int newReserve) {
        return new Ledger(policy, window, spent, newReserve, refilledNanos, trouble, probing);
    }

    private Ledger granted(boolean soon) {
        return soon ? with(trouble.withGranted()) : this;
    }

    private Ledger with(Trouble other) {
        return new Ledger(policy, window, spent, reserve, refilledNanos, other, probing);
    }

    Ledger with(Probing other) {
        return new Ledger(policy, window, spent, reserve, refilledNanos, trouble, other);
    }

    /**
     * However few attempts there were: thousands of clients with a call in a few seconds each would otherwise get a token
     * for every call that a half-broken dependency answers, and keep it down by them.
     */
    boolean owesReserve(long nowNanos) {
        return reserve < policy.reserve()
                && nowNanos - refilledNanos >= policy.windowNanos()
                && succeed(policy.minSuccess());
    }

    Ledger refilled(long nowNanos) {
        return new Ledger(policy, window, spent, reserve + 1, nowNanos, trouble, probing);
    }
}
