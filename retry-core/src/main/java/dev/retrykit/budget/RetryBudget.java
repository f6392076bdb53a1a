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
 * How many retries a dependency may be burdened with. Thread-safe; share one among all callers of a dependency.
 *
 * <p>A retry costs a token, a first attempt costs nothing. Each success earns a fraction of a token, which lives for
 * the window. A retry that succeeds gives its token back: the budget pays only for retries that fail. No retry is
 * granted while the majority fails, but for the first second of a trouble, and a probe now and then.
 *
 * <p>The earned tokens lie on a line as long as all successes ever, times the ratio. A pointer on that line parts the
 * tokens that are gone, spent or expired, from those that are left; expiry pushes the pointer to where the line was
 * one window ago, a retry pushes it one token on. So one number tells what is left, and one CAS spends it.
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

    /** A budget on the system's clock. */
    public static RetryBudget of(String name, BudgetPolicy policy) {
        return of(name, policy, TimeSource.system());
    }

    /** A budget on another clock. */
    public static RetryBudget of(String name, BudgetPolicy policy, TimeSource time) {
        return new RetryBudget(name, time, new BudgetTotals(Objects.requireNonNull(policy, "policy")));
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
    private BudgetState ledger(long nowNanos) {
        BudgetState seen = ledger;
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

        /** Allowed in the first second of a trouble. */
        ALLOWANCE,

        /** It finds out whether retries help again, and so may all further retries of its call. */
        PROBE,

        /** The budget is unlimited. */
        FREE
    }

    /**
     * Counts the outcome of an attempt by itself, be it the first of a call or not. It doesn't begin a trouble.
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
     * Counts the outcome of an attempt of a call. A call that succeeds in the end is judged as one success; of others each
     * attempt counts.
     *
     * @param failed how many attempts of the call have failed before it, and were counted
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

    /** Another failure that begins a trouble is in the window when it is judged here: then the trouble is there, too. */
    @SuppressWarnings("ReferenceEquality") // a ledger that was replaced meanwhile
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
     * A call that asks for a retry.
     *
     * @param retry the number of the retry, from 1
     * @param before what the call's last retry was paid with; null if it had none
     * @param random spreads the times of probes
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
     * Gives back the token of a retry that succeeded, or that was never made. Tokens are spent oldest first, so it is
     * the youngest of the spent ones that gets free; if they have all expired, none does.
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
     * A retry has succeeded: its token goes back. Of a probe the next call that fails profits.
     *
     * @param spentNanos when it was spent
     */
    public void succeeded(Token token, long spentNanos, long nowNanos) {
        if (token == Token.PROBE) {
            LEDGER.updateAndGet(this, BudgetState::afterProbe);
        } else {
            giveBack(token, spentNanos, nowNanos);
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

    /** If another thread is about to change the settings, who meets its closed ledger doesn't wait for it. */
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
