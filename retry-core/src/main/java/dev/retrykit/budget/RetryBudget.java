package dev.retrykit.budget;

import dev.retrykit.budget.BudgetState.Payment;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.Nanos;
import dev.retrykit.time.TimeSource;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Limits the load that retries add to a dependency. Thread-safe; share one among all callers of a dependency.
 *
 * <pre>{@code
 * RetryBudget budget = RetryBudget.of("inventory", BudgetPolicy.defaults());
 * Retry reads = Retry.builder("inventory-reads").budget(budget).build();
 * Retry writes = Retry.builder("inventory-writes").budget(budget).build();
 * }</pre>
 *
 * <p>A retry costs a token; a first attempt is free. Each success earns a fraction of a token, which lives for the
 * window. A retry that succeeds returns its token, so the budget pays only for retries that fail. While the majority of
 * attempts fails, no retry is granted, except in the first second of an incident and for an occasional probe.
 *
 * <p>The earned tokens lie on a line as long as the number of all successes ever, times the ratio. A pointer on that
 * line separates the tokens that are gone (spent or expired) from the remaining ones. Expiry moves the pointer to where
 * the line ended one window ago; a retry moves it by one token. So one number holds the remaining tokens, and one CAS
 * spends a token.
 */
public final class RetryBudget {

    private static final AtomicReferenceFieldUpdater<RetryBudget, BudgetState> LEDGER =
            AtomicReferenceFieldUpdater.newUpdater(RetryBudget.class, BudgetState.class, "ledger");

    private final String name;
    private final TimeSource time;
    private final BudgetTotals shared;
    private volatile BudgetState ledger;

    private RetryBudget(String name, TimeSource time, BudgetTotals shared) {
        this.name = Objects.requireNonNull(name, "name");
        this.time = time;
        this.shared = shared;
        this.ledger = BudgetState.full(shared.policy, time.nanoTime());
    }

    /** Creates a budget on the system clock. */
    public static RetryBudget of(String name, BudgetPolicy policy) {
        return of(name, policy, TimeSource.system());
    }

    /** Creates a budget on another clock. */
    public static RetryBudget of(String name, BudgetPolicy policy, TimeSource time) {
        return new RetryBudget(name, time, new BudgetTotals(Objects.requireNonNull(policy, "policy")));
    }

    /**
     * Creates a full budget with the same name and settings, for another part of the dependency. Both share the counts
     * of granted and denied retries, and a change of settings applies to both.
     */
    public RetryBudget another() {
        return new RetryBudget(name, time, shared);
    }

    /**
     * Changes the settings. The window keeps the results that its new size covers. The remaining tokens stay, up to
     * what the window's successes would earn at the new ratio. A new reserve lacks as many tokens as the old one did.
     * An unlimited budget has no history: it becomes a full one.
     */
    public void change(BudgetPolicy policy) {
        shared.policy = Objects.requireNonNull(policy, "policy");
        ledger(time.nanoTime());
    }

    /** Returns the state under the current settings. The first thread after a change converts it. */
    private BudgetState ledger(long nowNanos) {
        BudgetState seen = ledger;
        for (BudgetPolicy policy = shared.policy; seen.policy() != policy; policy = shared.policy) {
            LEDGER.compareAndSet(this, seen, seen.under(policy, nowNanos));
            seen = ledger;
        }
        return seen;
    }

    /** The source of the token that paid for a granted retry, to which the token is returned. */
    public enum Token {

        /** A token earned by successes in the last window. */
        EARNED,

        /** A token of the reserve. */
        RESERVE,

        /** A retry allowed in the first second of an incident. */
        ALLOWANCE,

        /** A retry that tests whether retries help again. All further retries of its call may do so, too. */
        PROBE,

        /** A retry of an unlimited budget. */
        FREE
    }

    /**
     * Counts the outcome of a single attempt, whether it is the first of a call or not. It does not begin an incident.
     *
     * @param nowNanos a reading of this budget's clock
     */
    public void record(Signal signal, long nowNanos) {
        BudgetState seen = ledger(nowNanos);
        if (seen.policy().isUnlimited()) {
            return;
        }
        if (signal.isSuccess()) {
            succeed(seen, nowNanos);
        } else if (signal.isFailure()) {
            seen.window().add(BudgetState.FAILURE, nowNanos);
        }
    }

    /**
     * Counts the outcome of an attempt of a call. A call that succeeds in the end is judged as one success; for other
     * calls each attempt counts.
     *
     * @param failed how many attempts of the call have failed before it and were counted
     * @param nowNanos a reading of this budget's clock
     */
    public void record(Signal signal, int failed, long nowNanos) {
        BudgetState seen = ledger(nowNanos);
        if (seen.policy().isUnlimited()) {
            return;
        }
        if (signal.isSuccess()) {
            seen.window().add(BudgetState.FORGIVEN, failed, nowNanos);
            succeed(seen, nowNanos);
        } else if (signal.isFailure()) {
            fail(seen, failed == 0, nowNanos);
        }
    }

    private void succeed(BudgetState seen, long nowNanos) {
        seen.window().add(BudgetState.SUCCESS, nowNanos);
        refillReserve(seen, nowNanos);
    }

    private void fail(BudgetState first, boolean beginsCall, long nowNanos) {
        first.window().slideTo(nowNanos);
        BudgetState seen = first;
        while (!tryFail(seen, beginsCall, nowNanos)) {
            seen = ledger(nowNanos);
        }
        seen.window().add(BudgetState.FAILURE, nowNanos);
    }

    /**
     * If another failure that begins an incident is in the window when this one is judged, then its incident is visible
     * here, too.
     */
    @SuppressWarnings("ReferenceEquality") // detects a replaced ledger
    private boolean tryFail(BudgetState seen, boolean beginsCall, long nowNanos) {
        if (seen.trouble().isYoung(nowNanos)) {
            if (beginsCall) {
                seen.trouble().addCall();
            }
            return true;
        }
        BudgetState next = seen.afterFailure(beginsCall, nowNanos);
        return next == null ? ledger == seen : LEDGER.compareAndSet(this, seen, next);
    }

    /**
     * Takes a token for one retry.
     *
     * @param nowNanos a reading of this budget's clock
     * @return the token, or null if the retry must not be made
     */
    public @Nullable Token tryAcquire(long nowNanos) {
        return tryAcquire(new Asking(1, null, ThreadLocalRandom.current()), nowNanos);
    }

    /**
     * A call that needs a token for a retry.
     *
     * @param retry the number of the retry, from 1
     * @param before what the call's previous retry was paid with; null if there was none
     * @param random randomizes the times of probes
     */
    public record Asking(int retry, @Nullable Token before, RandomGenerator random) {}

    /**
     * Takes a token for a retry of a call.
     *
     * @param nowNanos a reading of this budget's clock
     * @return the token, or null if the retry must not be made
     */
    public @Nullable Token tryAcquire(Asking asking, long nowNanos) {
        Token token = asking.before() == Token.PROBE ? Token.PROBE : spend(asking, nowNanos);
        (token == null ? shared.denied : shared.granted).increment();
        return token;
    }

    /**
     * Returns the token of a retry that succeeded or was never made. Tokens are spent oldest first, so the youngest
     * spent token becomes available; if all spent tokens have expired, none does.
     */
    public void giveBack(Token token) {
        switch (token) {
            case EARNED -> giveBackEarned();
            case RESERVE ->
                LEDGER.updateAndGet(
                        this, seen -> seen.withReserve(Math.min(seen.policy().reserve(), seen.reserve() + 1)));
            case PROBE -> LEDGER.updateAndGet(this, BudgetState::withoutProbe);
            case ALLOWANCE, FREE -> {}
        }
    }

    /**
     * A retry has succeeded: its token is returned. If it was a probe, the next call that fails may retry.
     *
     * @param spentNanos when the token was spent
     */
    public void succeeded(Token token, long spentNanos, long nowNanos) {
        if (token == Token.PROBE) {
            LEDGER.updateAndGet(this, BudgetState::afterProbe);
        } else {
            giveBack(token, spentNanos, nowNanos);
        }
    }

    /**
     * Returns a token some time after it was spent. An earned token has expired once the window is over; returning it
     * would free a token that another call has spent since.
     *
     * @param spentNanos when the token was spent
     */
    public void giveBack(Token token, long spentNanos, long nowNanos) {
        if (token != Token.EARNED || nowNanos - spentNanos < Nanos.of(policy().window())) {
            giveBack(token);
        }
    }

    /** The name of this budget. */
    public String name() {
        return name;
    }

    /** The current settings. */
    public BudgetPolicy policy() {
        return shared.policy;
    }

    /** The clock of this budget. */
    public TimeSource time() {
        return time;
    }

    /** Returns the current state of the budget. */
    public BudgetSnapshot snapshot() {
        long now = time.nanoTime();
        BudgetState seen = ledger(now);
        seen.window().slideTo(now);
        return seen.snapshot(name, shared);
    }

    private @Nullable Token spend(Asking asking, long nowNanos) {
        while (true) {
            BudgetState seen = ledger(nowNanos);
            if (seen.policy().isUnlimited()) {
                return Token.FREE;
            }
            seen.window().slideTo(nowNanos);
            Payment payment = seen.pay(asking, nowNanos);
            if (payment == null) {
                return null;
            }
            Token token = payment.token();
            if (token == null) {
                reopen(seen, nowNanos);
            } else if (payment.after() == null || LEDGER.compareAndSet(this, seen, payment.after())) {
                seen.trouble().pay(token, nowNanos);
                return token;
            }
        }
    }

    private void giveBackEarned() {
        for (BudgetState seen = ledger; !seen.spent().tryMoveBack(BudgetState.TOKEN); seen = ledger) {
            reopen(seen, time.nanoTime());
        }
    }

    /**
     * If another thread is about to change the settings, a thread that finds its closed ledger does not wait for it.
     */
    private void reopen(BudgetState seen, long nowNanos) {
        if (seen.spent().isClosed()) {
            LEDGER.compareAndSet(this, seen, seen.under(seen.policy(), nowNanos));
        }
    }

    private void refillReserve(BudgetState first, long nowNanos) {
        for (BudgetState seen = first; seen.owesReserve(nowNanos); seen = ledger) {
            LEDGER.compareAndSet(this, seen, seen.refilled(nowNanos));
        }
    }

    @Override
    public String toString() {
        return "RetryBudget[" + name + ": " + policy() + "]";
    }
}
