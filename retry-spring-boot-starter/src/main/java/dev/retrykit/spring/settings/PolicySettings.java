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
 * The configured settings of one retry policy. {@code SettingsLayer} reads the components by reflection, under their keys;
 * {@code RetryPolicyFactory} passes their values to the policy.
 *
 * @param base Name of another policy whose settings apply unless this policy overrides them. Not allowed under
 *     retrykit.defaults.
 * @param maxAttempts Maximum number of attempts of a call, including the first. At least 1. Default 3.
 * @param attemptTimeout Time limit of one attempt, above zero and at most budget.time. Off by default.
 * @param backoff The delay before each retry.
 * @param jitter Randomization of the delays: none, full, equal or decorrelated. If a backoff strategy, multiplier or
 *     function is configured, equal is the default. Default decorrelated.
 * @param budget The time limit and the retry budget of a call.
 * @param retryOn Exception classes to retry in addition to known transient failures. Matches subtypes, anywhere in the
 *     cause chain. java.lang.Exception retries all exceptions, but no errors.
 * @param abortOn Exception classes that are never retried. Matches subtypes, anywhere in the cause chain. Takes
 *     precedence over all other rules.
 * @param knownFailures Whether to retry the failures and HTTP statuses that the library knows to be transient. If
 *     false, only failures selected by the policy, RetryHint exceptions, FailureClassifier beans or retrykit.failures
 *     are retried. Default true.
 * @param retryOnResult Names of ResultClassifier beans that decide which returned values are failures.
 * @param statuses HTTP statuses to retry, whether in an exception or a response. If set, every other status is
 *     permanent; if not, other statuses are retried too if their response asks for it. Default 408, 425, 429, 500, 502,
 *     503, 504.
 * @param retryAfter Handling of the Retry-After of a server.
 * @param nested Handling of a failure that an inner policy has already retried: once ends the call, multiply retries it
 *     again. Default once.
 * @param idempotent Whether a second execution is harmless, so that attempts with an unknown effect are retried too.
 *     Default false.
 * @param idempotencyKey Source of the idempotency keys sent with POST and PATCH requests: auto for random keys, or an
 *     expression over the method arguments. No keys by default.
 * @param unsafeMethods Whether to retry an attempt after a POST or PATCH request that may have had its effect: with-key
 *     (only if it carried an idempotency key), never or always. A request that certainly had no effect, because it was
 *     not sent or was turned away, does not prevent a retry. Default with-key.
 * @param enabled Whether to retry. If false, each call makes one attempt; its circuit, attempt timeout and fallback
 *     still apply. Default true.
 * @param dryRun Whether to only count and log retries, without making them. Default false.
 * @param retryPartial Whether to retry a Flux that has already emitted elements, so that its subscriber receives
 *     elements again. Default false.
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

    /** The key of {@link #maxAttempts()}. */
    public static final SettingKey<Integer> MAX_ATTEMPTS = SettingKey.of("max-attempts", Integer.class);
    /** The key of {@link #attemptTimeout()}. */
    public static final SettingKey<Duration> ATTEMPT_TIMEOUT = SettingKey.of("attempt-timeout", Duration.class);
    /** The key of {@link Backoff#strategy()}. */
    public static final SettingKey<Strategy> BACKOFF_STRATEGY = SettingKey.of("backoff.strategy", Strategy.class);
    /** The key of {@link Backoff#delay()}. */
    public static final SettingKey<Duration> BACKOFF_DELAY = SettingKey.of("backoff.delay", Duration.class);
    /** The key of {@link Backoff#multiplier()}. */
    public static final SettingKey<Double> BACKOFF_MULTIPLIER = SettingKey.of("backoff.multiplier", Double.class);
    /** The key of {@link Backoff#maxDelay()}. */
    public static final SettingKey<Duration> BACKOFF_MAX_DELAY = SettingKey.of("backoff.max-delay", Duration.class);
    /** The key of {@link Backoff#function()}. */
    public static final SettingKey<String> BACKOFF_FUNCTION = SettingKey.of("backoff.function", String.class);
    /** The key of {@link #jitter()}. */
    public static final SettingKey<Jitter> JITTER = SettingKey.of("jitter", Jitter.class);
    /** The key of {@link Budget#time()}. */
    public static final SettingKey<Duration> BUDGET_TIME = SettingKey.of("budget.time", Duration.class);
    /** The key of {@link Budget#name()}. */
    public static final SettingKey<String> BUDGET_NAME = SettingKey.of("budget.name", String.class);
    /** The key of {@link #retryOn()}. */
    public static final SettingKey<List<Class<? extends Throwable>>> RETRY_ON =
            SettingKey.list("retry-on", PolicySettings::failure);
    /** The key of {@link #abortOn()}. */
    public static final SettingKey<List<Class<? extends Throwable>>> ABORT_ON =
            SettingKey.list("abort-on", PolicySettings::failure);
    /** The key of {@link #knownFailures()}. */
    public static final SettingKey<Boolean> KNOWN_FAILURES = SettingKey.of("known-failures", Boolean.class);
    /** The key of {@link #retryOnResult()}. */
    public static final SettingKey<List<String>> RETRY_ON_RESULT =
            SettingKey.list("retry-on-result", String.class::cast);
    /** The key of {@link #statuses()}. */
    public static final SettingKey<List<Integer>> STATUSES = SettingKey.list("statuses", Integer.class::cast);
    /** The key of {@link #idempotencyKey()}. */
    public static final SettingKey<String> IDEMPOTENCY_KEY = SettingKey.of("idempotency-key", String.class);
    /** The key of {@link #enabled()}. */
    public static final SettingKey<Boolean> ENABLED = SettingKey.of("enabled", Boolean.class);
    /** The key of {@link #retryPartial()}. */
    public static final SettingKey<Boolean> RETRY_PARTIAL = SettingKey.of("retry-partial", Boolean.class);

    /** No settings: a policy with all defaults. */
    public static final PolicySettings EMPTY = new PolicySettings(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null);

    private static Class<? extends Throwable> failure(Object type) {
        return ((Class<?>) type).asSubclass(Throwable.class);
    }

    /**
     * The delay before each retry.
     *
     * @param strategy How the delay grows from retry to retry: fixed, linear, exponential or fibonacci. Default
     *     exponential.
     * @param delay Delay before the first retry, before jitter. Zero or more. Default 200ms.
     * @param multiplier Growth factor of the exponential strategy. At least 1. Default 2.
     * @param maxDelay Upper bound of each delay. At least the initial delay. Default 10s.
     * @param function Name of a DelayFunction bean that replaces the backoff strategy. The maximum delay and jitter
     *     still apply.
     */
    public record Backoff(
            @Nullable Strategy strategy,
            @Nullable Duration delay,
            @Nullable Double multiplier,
            @Nullable Duration maxDelay,
            @Nullable String function) {}

    /**
     * The time limit and the retry budget of a call.
     *
     * @param time Maximum total time of a call, including delays. No attempt or delay starts after it. Above zero.
     *     Default 30s.
     * @param name Name of a budget under retrykit.budgets, which all policies that name it share. It cannot be combined
     *     with other budget settings of the policy, except time.
     * @param ratio Tokens that each successful call adds to the budget, from 0 to 10. Each failed retry spends one
     *     token. Default 0.1.
     * @param window Lifetime of an earned token, from 10ms to 1d. Default 10s.
     * @param reserve Number of tokens available at startup, from 0 to 1000000. Reserve tokens do not expire. Default 5.
     * @param minSuccess Minimum percentage of successful attempts in the window for retries to be granted, from 0 to
     *     100. A value of 0 or "off" disables the check. Default 60.
     * @param unlimited Whether to grant every retry, without tokens. Default false.
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
     * Handling of the Retry-After of a server.
     *
     * @param respect Whether the Retry-After of a server is the minimum delay before the next attempt. Default true.
     * @param max Maximum Retry-After to wait for. A longer one ends the call. Default 10s.
     * @param shared Calls to which the Retry-After of a host applies: retries (all retries to the host wait), all
     *     (first attempts are rejected too) or off (only the call that received it waits). Default retries.
     */
    public record RetryAfter(
            @Nullable Boolean respect,
            @Nullable Duration max,
            @Nullable RetryAfterSharing shared) {}
}
