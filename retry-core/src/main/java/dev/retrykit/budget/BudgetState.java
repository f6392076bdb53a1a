package dev.retrykit.budget;

import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.internal.window.SlidingWindow;
import dev.retrykit.internal.window.SlidingWindow.Reach;
import org.jspecify.annotations.Nullable;

/**
 * The state of a budget. A value that is replaced as a whole. State that every failed call changes is in mutable words
 * shared with later values, so that a retry allocates nothing.
 *
 * @param policy the settings that apply to it
 * @param window counts successes, failures, and which of these were forgiven
 * @param spent the pointer on the line of earned tokens; expiry may be ahead of it
 * @param reserve whole tokens remaining in the reserve
 * @param refilledNanos when a success last restored a reserve token
 * @param trouble since when the dependency fails
 * @param probing when a retry may test whether it has recovered
 * @param proven retries that may be made because a probe succeeded or was not made
 */
record BudgetState(
        BudgetPolicy policy,
        SlidingWindow window,
        SpentTokens spent,
        int reserve,
        long refilledNanos,
        Incident trouble,
        Probing probing,
        int proven) {

    static final int SUCCESS = 0;
    static final int FAILURE = 1;

    /** Failures of calls that succeeded in the end; such calls are judged as successes. */
    static final int FORGIVEN = 2;

    /** Tokens are counted in millionths: integers stay exact when 0.1 is added ten times. */
    static final long TOKEN = 1_000_000;

    /** The success rate of fewer attempts than this is not significant. */
    private static final int MIN_ATTEMPTS = 20;

    /** Percentage that must succeed for the next failure to begin a new incident. */
    private static final double CALM = 80;

    private static final int KINDS = 3;
    private static final int SLICES = 10;

    static BudgetState full(BudgetPolicy policy, long nowNanos) {
        return new BudgetState(
                policy,
                new SlidingWindow(KINDS, policy.windowNanos(), SLICES, nowNanos, true),
                new SpentTokens(0),
                policy.reserve(),
                nowNanos - policy.windowNanos(),
                Incident.none(nowNanos),
                Probing.none(nowNanos),
                0);
    }

    /**
     * Converts the state to other settings. The line gets the length that the new ratio gives it, and the remaining
     * tokens lie at its end.
     */
    BudgetState under(BudgetPolicy other, long nowNanos) {
        if (policy.isUnlimited() || other.isUnlimited()) {
            return full(other, nowNanos);
        }
        window.slideTo(nowNanos);
        long gone = Math.max(spent.close(), expired());
        long successes = window.total(SUCCESS);
        long left = Math.max(0, successes * policy.earnedPerSuccess() - gone);
        SlidingWindow kept = other.windowNanos() == policy.windowNanos()
                ? window
                : window.resized(other.windowNanos(), SLICES, nowNanos);
        return new BudgetState(
                other,
                kept,
                new SpentTokens(successes * other.earnedPerSuccess() - left),
                Math.max(0, other.reserve() - (policy.reserve() - reserve)),
                refilledNanos,
                trouble,
                probing,
                proven);
    }

    /** All tokens ever earned: the length of the line. */
    long earned() {
        return window.total(SUCCESS) * policy.earnedPerSuccess();
    }

    /** The end of the line one window ago. */
    long expired() {
        return window.totalBefore(SUCCESS) * policy.earnedPerSuccess();
    }

    /**
     * The attempts by which the window is judged: for a call that succeeded in the end only its success, for others
     * each attempt.
     */
    long attempts() {
        return attempts(window.count(SUCCESS), window.count(FAILURE), window.count(FORGIVEN));
    }

    private static long attempts(long successes, long failures, long forgiven) {
        return successes + Math.max(0, failures - forgiven);
    }

    private static long attempts(long[] counts) {
        return attempts(counts[SUCCESS], counts[FAILURE], counts[FORGIVEN]);
    }

    /** Whether too few attempts succeeded, over as many attempts as are significant, however old they are. */
    private boolean majorityFails() {
        long[] counts = reach();
        return attempts(counts) >= MIN_ATTEMPTS && !succeed(counts, policy.minSuccess());
    }

    /**
     * Whether this percentage succeeds, both in the window and over as many attempts as are significant. No attempts at
     * all counts as a good sign.
     */
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

    /** Returns the payment for a retry; null if the retry must not be made. */
    @Nullable
    Payment pay(RetryBudget.Asking asking, long nowNanos) {
        if (policy.grantsNothing()) {
            return null;
        }
        if (proven > 0) {
            return new Payment(Token.PROBE, withProven(proven - 1));
        }
        boolean soon = trouble.isYoung(nowNanos);
        if (soon || !majorityFails()) {
            // Both are read once: if the window turns, another reading may not find the token that was seen.
            long pointer = spent.pointer();
            long gone = Math.max(pointer, expired());
            Token token = next(earned() - gone, asking.retry());
            if (token != null) {
                probing.postpone(nowNanos, failures(), asking.random());
                return token == Token.RESERVE
                        ? new Payment(token, withReserve(reserve - 1))
                        : spent.tryMove(pointer, gone + TOKEN) ? Payment.EARNED : Payment.LOST;
            }
            if (soon && trouble.tryGrant()) {
                return Payment.ALLOWANCE;
            }
        }
        Probing next = probing.begin(nowNanos, failures(), asking.random());
        return next == null ? null : new Payment(Token.PROBE, with(next));
    }

    /**
     * A retry that may be made.
     *
     * @param token the token that pays for it; null if another thread was faster
     * @param after the state that must replace the current one; null if the token is already spent
     */
    record Payment(@Nullable Token token, @Nullable BudgetState after) {

        static final Payment EARNED = new Payment(Token.EARNED, null);
        static final Payment ALLOWANCE = new Payment(Token.ALLOWANCE, null);

        static final Payment LOST = new Payment(null, null);
    }

    /** A later retry of a call leaves the last token to the first retry of another call. */
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

    /** The snapshot, once the window has been moved to the current time. */
    BudgetSnapshot snapshot(String name, BudgetTotals account) {
        long gone = Math.max(spent.pointer(), expired());
        long tokens = Math.max(0, (earned() - gone) / TOKEN) + reserve;
        return new BudgetSnapshot(
                name,
                policy.isUnlimited(),
                (int) Math.min(Integer.MAX_VALUE, tokens),
                reserve,
                attempts(),
                window.count(SUCCESS),
                account.granted.sum(),
                account.denied.sum());
    }

    private long failures() {
        return window.total(FAILURE);
    }

    /**
     * An attempt has failed and is not counted yet. The failure begins a new incident if the last one is over and most
     * attempts have succeeded since.
     *
     * @param first whether it is the first failure of a call
     * @return the new state; null if it does not change
     */
    @Nullable
    BudgetState afterFailure(boolean first, long nowNanos) {
        if (trouble.isOld(nowNanos) && succeed(CALM)) {
            return with(Incident.begin(first, nowNanos));
        }
        return null;
    }

    BudgetState withReserve(int newReserve) {
        return new BudgetState(policy, window, spent, newReserve, refilledNanos, trouble, probing, proven);
    }

    private BudgetState with(Incident other) {
        return new BudgetState(policy, window, spent, reserve, refilledNanos, other, probing, proven);
    }

    private BudgetState with(Probing other) {
        return new BudgetState(policy, window, spent, reserve, refilledNanos, trouble, other, proven);
    }

    private BudgetState withProven(int newProven) {
        return new BudgetState(policy, window, spent, reserve, refilledNanos, trouble, probing, newProven);
    }

    /** A probe has succeeded: the next call that fails may retry, too. */
    BudgetState afterProbe() {
        return with(probing.succeeded()).withProven(proven + 1);
    }

    /** A probe was never made: the next call that fails may be the probe. */
    BudgetState withoutProbe() {
        return withProven(proven + 1);
    }

    /**
     * Applies to any number of attempts: otherwise thousands of clients with one call in a few seconds each would get a
     * token for every call that a half-broken dependency answers, and their retries would keep it down.
     */
    boolean owesReserve(long nowNanos) {
        return reserve < policy.reserve()
                && nowNanos - refilledNanos >= policy.windowNanos()
                && succeed(policy.minSuccess());
    }

    BudgetState refilled(long nowNanos) {
        return new BudgetState(policy, window, spent, reserve + 1, nowNanos, trouble, probing, proven);
    }
}
