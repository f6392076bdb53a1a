package dev.retrykit.internal.decision;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.event.SideEffect;

/**
 * The settings of a retry policy as the engine reads them: times in nanoseconds, and the rules for failures and
 * results.
 *
 * @param maxAttempts the maximum number of attempts, including the first
 * @param backoff the delay before each retry, before jitter
 * @param jitter how delays are randomized
 * @param timeBudgetNanos the maximum time of a call
 * @param attemptTimeoutNanos the maximum time of an attempt; 0 = none
 * @param respectsRetryAfter whether a server's Retry-After is the minimum delay
 * @param maxRetryAfterNanos the longest Retry-After that calls wait for
 * @param sharesRetryAfter whether retries of other calls, too, wait for what a server asks for
 * @param rejectsBusyPeers whether first attempts, too, send no requests to such a server
 * @param multipliesNested whether a failure on which an inner policy has given up is retried
 * @param isDryRun whether retries are only counted
 * @param repeats what an attempt may do twice
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

    /** Whether to retry an attempt that had an effect of this kind. */
    public boolean allows(SideEffect.Kind effect) {
        return repeats.allow(effect);
    }

    /** Whether requests that must not happen twice carry an idempotency key. */
    public boolean sendsKeys() {
        return repeats.sendsKeys();
    }

    /** The maximum time of the first attempt of a call, in nanoseconds. */
    public long firstLimitNanos() {
        return attemptTimeoutNanos == 0 ? timeBudgetNanos : attemptTimeoutNanos;
    }
}
