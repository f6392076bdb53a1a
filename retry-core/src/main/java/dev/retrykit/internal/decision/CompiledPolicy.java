package dev.retrykit.internal.decision;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.event.SideEffect;

/**
 * The settings of a retry policy as the engine reads them: times in nanoseconds, and the rules of failures and results.
 *
 * @param maxAttempts attempts, the first included
 * @param backoff the delay before each retry, before jitter
 * @param jitter how the delay is spread
 * @param timeBudgetNanos the longest time of a call
 * @param attemptTimeoutNanos the longest time of an attempt; 0 = none
 * @param respectsRetryAfter whether a peer's Retry-After is the least delay
 * @param maxRetryAfterNanos the longest Retry-After that is waited for
 * @param sharesRetryAfter whether retries of other calls, too, wait for what a peer asks for
 * @param rejectsBusyPeers whether first attempts leave such a peer alone, too
 * @param multipliesNested whether a failure on which an inner policy has given up is retried
 * @param isDryRun whether retries are only counted
 * @param repeats what of an attempt may happen twice
 * @param rules what failures mean
 * @param results what returned values mean
 */
public record CompiledPolicy(
        int maxAttempts,
        BackoffPolicy backoff,
        Jitter jitter,
        long timeBudgetNanos,
        long attemptTimeoutNanos,
        boolean respectsRetryAfter,
        long maxRetryAfterNanos,
        boolean sharesRetryAfter,
        boolean rejectsBusyPeers,
        boolean multipliesNested,
        boolean isDryRun,
        RepeatRules repeats,
        FailureRules rules,
        ResultRules results) {

    /** Whether an attempt is retried that had such an effect. */
    public boolean allows(SideEffect.Kind effect) {
        return repeats.allow(effect);
    }

    /** Whether requests that must not happen twice get an idempotency key. */
    public boolean sendsKeys() {
        return repeats.sendsKeys();
    }

    /** How long the first attempt of a call may take, in nanoseconds. */
    public long firstLimitNanos() {
        return attemptTimeoutNanos == 0 ? timeBudgetNanos : attemptTimeoutNanos;
    }
}
