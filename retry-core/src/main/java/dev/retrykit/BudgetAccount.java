package dev.retrykit;

import dev.retrykit.budget.RetryBudget;
import dev.retrykit.budget.RetryBudget.Asking;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What one call and its retry budget owe each other. One thread at a time. */
final class BudgetAccount {

    private final RetryBudget budget;
    private final RandomGenerator random;

    /** The token of the retry that was granted last, until its attempt ends. */
    private @Nullable Token token;

    private long paidNanos;

    /** How the last retry was paid for; null if there was none, or if its attempt succeeded. */
    private @Nullable Token lastToken;

    /** Whether a retry that is still to be made continues a probe of this call. */
    private boolean continuesProbe;

    private int retries;

    /** Attempts that the budget has counted as failed, and those of them that a success has redeemed. */
    private int failures;

    private int forgiven;

    BudgetAccount(RetryBudget budget, RandomGenerator random) {
        this.budget = budget;
        this.random = random;
    }

    /**
     * Pays for a retry.
     *
     * @param dryRun whether the budget pays although the retry will not be made
     * @return whether the budget grants it
     */
    boolean tryPay(boolean dryRun, long nowNanos) {
        Token paid = budget.tryAcquire(new Asking(retries + 1, lastToken, random), nowNanos);
        if (paid == null) {
            return false;
        }
        retries++;
        lastToken = paid;
        token = dryRun ? null : paid;
        paidNanos = nowNanos;
        return true;
    }

    /**
     * An attempt has ended. Its token goes back if the dependency did its work, which it also did when it gave a permanent
     * answer; otherwise the token is spent. The token goes back before the success is counted, because the success would
     * otherwise refill the reserve as well.
     */
    void end(Signal signal, long nowNanos) {
        Token paid = token;
        token = null;
        if (signal.isSuccess()) {
            succeed(paid, signal, nowNanos);
        } else {
            budget.record(signal, failures, nowNanos);
            failures += signal.isFailure() && !budget.policy().isUnlimited() ? 1 : 0;
        }
        continuesProbe = lastToken == Token.PROBE;
    }

    /** A failure is forgiven once, and a probe proves once, however often the call goes on. */
    private void succeed(@Nullable Token paid, Signal signal, long nowNanos) {
        if (paid != null) {
            budget.succeeded(paid, paidNanos, nowNanos);
            lastToken = null;
        }
        budget.record(signal, failures - forgiven, nowNanos);
        forgiven = failures;
    }

    /** The retry that was paid for will not be made. */
    void giveBack(long nowNanos) {
        Token paid = token;
        token = null;
        if (paid != null && !(paid == Token.PROBE && continuesProbe)) {
            budget.giveBack(paid, paidNanos, nowNanos);
        }
    }
}
