package dev.retrykit.spring.settings;

import dev.retrykit.NestedRetries;
import dev.retrykit.RetryAfterSharing;
import dev.retrykit.UnsafeMethods;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.backoff.Strategy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is written about one retry policy.
 *
 * @param base the name of another policy, whose settings hold where nothing else is written here. Not
 *     below retrykit.defaults
 * @param maxAttempts attempts, the first included: 1 or more. Default 3
 * @param attemptTimeout how long one attempt may take: above zero and no more than budget.time. Off by default
 * @param backoff the delay before each retry
 * @param jitter how the delay is spread: none, full, equal or decorrelated. Default decorrelated, but equal where a strategy,
 *     multiplier or function is written
 * @param budget how long and how much may be retried
 * @param retryOn failures that are transient besides those that are known, with their subtypes, anywhere in the cause
 *     chain. java.lang.Exception retries everything but errors
 * @param abortOn failures that are permanent, with their subtypes, anywhere in the cause chain. Asked first
 * @param knownFailures whether the failures and statuses that the library knows as transient are retried; otherwise only
 *     those that the policy names and FailureClassifier beans call so. Default true
 * @param retryOnResult names of ResultClassifier beans that tell bad return values
 * @param statuses HTTP statuses that are transient, wherever they come from; all others are permanent. Replaces the
 *     default list: 408, 425, 429, 500, 502, 503, 504
 * @param retryAfter what a peer's Retry-After means
 * @param nested what happens to a failure on which an inner policy has given up: once (it ends this call too) or
 *     multiply. Default once
 * @param idempotent whether a second effect does no harm, so that attempts of unknown effect are retried too. Default
 *     false
 * @param idempotencyKey what makes the keys that go with POST and PATCH: auto, or an expression over the arguments of the
 *     method. Default none
 * @param unsafeMethods whether an attempt is retried that sent a POST or PATCH: with-key, never or always. Default
 *     with-key
 * @param enabled whether it retries at all: if not, each call makes one attempt, through its circuit and with its fallback.
 *     Default true
 * @param dryRun whether it only counts what it would retry. Default false
 * @param retryPartial whether a publisher of many elements that has emitted some of them is retried too, so that its
 *     subscriber sees them again. Default false
 */
public record PolicySettings(
        @Nullable String base,
        @Nullable Integer maxAttempts,
        @Nullable Duration attemptTimeout,
        @Nullable Backoff backoff,
        @Nullable Jitter jitter,
        @Nullable Budget budget,
        @Nullable List<Class<? extends Throwable>> retryOn,
        @Nullable List<Class<? extends Throwable>> abortOn,
        @Nullable Boolean knownFailures,
        @Nullable List<String> retryOnResult,
        @Nullable List<Integer> statuses,
        @Nullable RetryAfter retryAfter,
        @Nullable NestedRetries nested,
        @Nullable Boolean idempotent,
        @Nullable String idempotencyKey,
        @Nullable UnsafeMethods unsafeMethods,
        @Nullable Boolean enabled,
        @Nullable Boolean dryRun,
        @Nullable Boolean retryPartial) {

    /** Nothing is written: a policy of defaults. */
    static final PolicySettings EMPTY = new PolicySettings(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null);

    /**
     * The delay before each retry.
     *
     * @param strategy how it grows: fixed, linear, exponential or fibonacci. Default exponential
     * @param delay the first delay, before jitter. Default 200ms
     * @param multiplier the factor of exponential: 1 or more. Default 2
     * @param maxDelay the cap: no less than the delay. Default 10s
     * @param function name of a DelayFunction bean in place of the strategy; cap and jitter apply to it too
     */
    public record Backoff(
            @Nullable Strategy strategy,
            @Nullable Duration delay,
            @Nullable Double multiplier,
            @Nullable Duration maxDelay,
            @Nullable String function) {}

    /**
     * How long and how much may be retried.
     *
     * @param time after so long no attempt and no delay begins any more. Default 30s
     * @param name a budget under retrykit.budgets, shared by all that name it; then none of the settings below may stand
     *     here
     * @param ratio tokens that each successful call earns: 0 to 10. Default 0.1
     * @param window how long an earned token lives: 10ms to 1d. Default 10s
     * @param reserve tokens that are there from the start. Default 5
     * @param minSuccess percent of the window's attempts that must succeed for any retry to be granted; 0 = off. Default
     *     60
     * @param unlimited whether every retry is granted. Default false
     */
    public record Budget(
            @Nullable Duration time,
            @Nullable String name,
            @Nullable Double ratio,
            @Nullable Duration window,
            @Nullable Integer reserve,
            @Nullable Double minSuccess,
            @Nullable Boolean unlimited) {}

    /**
     * What a peer's Retry-After means.
     *
     * @param respect whether it is the least delay. Default true
     * @param max the longest that is waited for; a longer one ends the call. Default 10s
     * @param shared whom it concerns that a host has asked for time: retries (all retries to it wait), all (first attempts
     *     are rejected too) or off (only the call that was asked waits). Default retries
     */
    public record RetryAfter(
            @Nullable Boolean respect,
            @Nullable Duration max,
            @Nullable RetryAfterSharing shared) {}
}
