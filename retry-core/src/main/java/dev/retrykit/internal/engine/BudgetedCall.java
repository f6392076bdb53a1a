package dev.retrykit.internal.engine;

import dev.retrykit.budget.RetryBudget;
import dev.retrykit.budget.RetryBudget.Asking;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The account of one call with its retry budget. A superclass of the call, so that it needs no separate object. */
abstract sealed class BudgetedCall permits RunningCall {

    /** For retries of unlimited budgets. */
    private static final Asking ANYBODY =
            new Asking(1, null, () -> ThreadLocalRandom.current().nextLong());

    final RetryEngine retry;

    /** The number of attempts begun. */
    int attempt;

    /** How the last retry was paid for; null if there was none, or if its attempt succeeded. */
    private @Nullable Token token;

    /** Whether that token may still be returned: until the attempt that it paid for ends. */
    private boolean returnable;

    private long paidNanos;

    /** Whether a retry that is still to be made continues a probe of this call. */
    private boolean continuesProbe;

    /** Whether the budget has counted an attempt of this call as failed. */
    private boolean counted;

    /** How many of those failures no success has redeemed. */
    private int unforgiven;

    BudgetedCall(RetryEngine retry, int attempt) {
        this.retry = retry;
        this.attempt = attempt;
    }

    /**
     * Pays for the retry that follows the last attempt.
     *
     * @param dryRun whether the budget pays although the retry will not be made
     * @return whether the budget grants it
     */
    final boolean tryPay(boolean dryRun, long nowNanos) {
        RetryBudget budget = retry.budget();
        Asking asking = budget.policy().isUnlimited() ? ANYBODY : new Asking(attempt, token, retry.random());
        Token paid = budget.tryAcquire(asking, nowNanos);
        if (paid == null) {
            return false;
        }
        token = paid;
        returnable = !dryRun;
        paidNanos = nowNanos;
        return true;
    }

    /**
     * An attempt has ended. Its token is returned if the dependency did its work, which includes a permanent response;
     * otherwise the token is spent. The token is returned before the success is counted, because the success would
     * otherwise refill the reserve as well.
     */
    final void tellBudget(Signal signal, long nowNanos) {
        RetryBudget budget = retry.budget();
        Token paid = takeToken();
        if (paid != null && signal.isSuccess()) {
            budget.succeeded(paid, paidNanos, nowNanos);
            token = null;
        }
        if (!budget.policy().isUnlimited()) {
            record(budget, signal, nowNanos);
        }
        unforgiven = signal.isSuccess() ? 0 : unforgiven;
        continuesProbe = token == Token.PROBE;
    }

    /** A failure is forgiven once, and a probe proves once, however long the call continues. */
    private void record(RetryBudget budget, Signal signal, long nowNanos) {
        if (signal.isSuccess()) {
            budget.record(signal, unforgiven, nowNanos);
        } else {
            budget.record(signal, counted ? Math.max(1, unforgiven) : 0, nowNanos);
            unforgiven += signal.isFailure() ? 1 : 0;
            counted |= signal.isFailure();
        }
    }

    /** The retry that was paid for will not be made. */
    final void giveBackToken(long nowNanos) {
        Token paid = takeToken();
        if (paid != null && !(paid == Token.PROBE && continuesProbe)) {
            retry.budget().giveBack(paid, paidNanos, nowNanos);
        }
    }

    private @Nullable Token takeToken() {
        Token paid = returnable ? token : null;
        returnable = false;
        return paid;
    }
}
