package dev.retrykit;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.DelayFunction;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.failure.Verdict;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** When and how to retry. Immutable; the {@link Builder} names ranges and defaults. */
public final class RetryPolicy {

    private static final RetryPolicy DEFAULTS = builder().build();

    private final int maxAttempts;
    private final BackoffPolicy backoff;
    private final Jitter jitter;
    private final Duration timeBudget;
    private final long timeBudgetNanos;
    private final @Nullable Duration attemptTimeout;
    private final long attemptTimeoutNanos;
    private final boolean respectsRetryAfter;
    private final long maxRetryAfterNanos;
    private final RetryAfterSharing retryAfterSharing;
    private final NestedRetries nested;
    private final boolean dryRun;
    private final RepeatRules repeats;
    private final FailureRules rules;
    private final ResultRules results;

    private RetryPolicy(Builder builder, Duration timeBudget) {
        this.maxAttempts = builder.maxAttempts;
        this.backoff = builder.delay == null ? builder.backoff : builder.backoff.with(builder.delay);
        this.jitter = builder.jitter == null ? builder.backoffJitter : builder.jitter;
        this.timeBudget = timeBudget;
        this.timeBudgetNanos = Nanos.of(timeBudget);
        this.attemptTimeout = builder.attemptTimeout;
        this.attemptTimeoutNanos = attemptTimeout == null ? 0 : Nanos.of(attemptTimeout);
        this.respectsRetryAfter = builder.respectsRetryAfter;
        this.maxRetryAfterNanos = Nanos.of(builder.maxRetryAfter);
        this.retryAfterSharing = builder.retryAfterSharing;
        this.nested = builder.nested;
        this.dryRun = builder.dryRun;
        this.repeats =
                new RepeatRules(builder.idempotent, builder.unsafeMethods, builder.sendsKeys, builder.watchesRequests);
        this.rules = builder.failureRules(repeats.repeatable(), nested);
        this.results = builder.resultRules();
    }

    /** 3 attempts, decorrelated jitter from 200 ms up to 10 s, within 30 s. */
    public static RetryPolicy defaults() {
        return DEFAULTS;
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Attempts, the first included. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** The delay before each retry, before jitter. */
    public BackoffPolicy backoff() {
        return backoff;
    }

    /** How the delay is spread. */
    public Jitter jitter() {
        return jitter;
    }

    /** After so long no attempt and no delay begins any more. */
    public Duration timeBudget() {
        return timeBudget;
    }

    /** How long one attempt may take; null = as long as it takes. */
    public @Nullable Duration attemptTimeout() {
        return attemptTimeout;
    }

    /** Whether a peer's Retry-After is the least delay. */
    public boolean respectsRetryAfter() {
        return respectsRetryAfter;
    }

    /** The longest Retry-After that is waited for; one that is longer ends the call. */
    public Duration maxRetryAfter() {
        return Duration.ofNanos(maxRetryAfterNanos);
    }

    /** Whom it concerns that a peer has asked for time. */
    public RetryAfterSharing retryAfterSharing() {
        return retryAfterSharing;
    }

    /** What an inner policy's giving up means. */
    public NestedRetries nested() {
        return nested;
    }

    /** Whether it only tells what it would retry. */
    public boolean isDryRun() {
        return dryRun;
    }

    /** Whether an attempt is retried that had an effect which must not happen twice. */
    public UnsafeMethods unsafeMethods() {
        return repeats.unsafeMethods();
    }

    /** Whether an attempt is retried that had such an effect. */
    public boolean allows(SideEffect.Kind effect) {
        return repeats.allow(effect);
    }

    /** Whether requests that must not happen twice get an idempotency key. */
    public boolean sendsKeys() {
        return repeats.sendsKeys();
    }

    /**
     * What a failure means to this policy. Never throws: a classifier that does makes the failure not retryable, and
     * what it threw is attached to the failure.
     */
    public Verdict classify(Throwable failure) {
        return rules.classify(failure, AnswerNotes.NONE);
    }

    FailureRules rules() {
        return rules;
    }

    ResultRules results() {
        return results;
    }

    /** How long the first attempt of a call may take, in nanoseconds. */
    long firstLimitNanos() {
        return attemptTimeoutNanos == 0 ? timeBudgetNanos : attemptTimeoutNanos;
    }

    long timeBudgetNanos() {
        return timeBudgetNanos;
    }

    /** 0 = none. */
    long attemptTimeoutNanos() {
        return attemptTimeoutNanos;
    }

    long maxRetryAfterNanos() {
        return maxRetryAfterNanos;
    }

    /** Collects the settings; {@link #build()} checks them. */
    public static final class Builder extends RuleBuilder<Builder> {

        private int maxAttempts = 3;
        private BackoffPolicy backoff = BackoffPolicy.defaults();
        private @Nullable DelayFunction delay;
        private Jitter backoffJitter = Jitter.DECORRELATED;
        private @Nullable Jitter jitter;
        private @Nullable Duration timeBudget;
        private @Nullable Duration attemptTimeout;
        private boolean respectsRetryAfter = true;
        private Duration maxRetryAfter = Duration.ofSeconds(10);
        private RetryAfterSharing retryAfterSharing = RetryAfterSharing.RETRIES;
        private NestedRetries nested = NestedRetries.ONCE;
        private boolean idempotent;
        private UnsafeMethods unsafeMethods = UnsafeMethods.WITH_KEY;
        private boolean sendsKeys;
        private boolean watchesRequests;
        private boolean dryRun;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Attempts, the first included: 1 or more, default 3. */
        public Builder maxAttempts(int attempts) {
            this.maxAttempts = attempts;
            return this;
        }

        /** The delay before each retry. Default {@link BackoffPolicy#defaults()}. */
        public Builder backoff(BackoffPolicy backoff) {
            this.backoff = Objects.requireNonNull(backoff, "backoff");
            this.backoffJitter = Jitter.EQUAL;
            return this;
        }

        /** The first delay and the cap alone: strategy and default jitter stay. Fails as {@link BackoffPolicy#of} does. */
        public Builder backoff(Duration delay, Duration maxDelay) {
            this.backoff = BackoffPolicy.of(backoff.strategy(), delay, backoff.multiplier(), maxDelay);
            return this;
        }

        /** A delay function in place of the backoff's strategy; the backoff's cap and the jitter still apply. */
        public Builder delay(DelayFunction delay) {
            this.delay = Objects.requireNonNull(delay, "delay");
            this.backoffJitter = Jitter.EQUAL;
            return this;
        }

        /** How the delay is spread. Default {@link Jitter#DECORRELATED}; with a strategy or a function {@link Jitter#EQUAL}. */
        public Builder jitter(Jitter jitter) {
            this.jitter = Objects.requireNonNull(jitter, "jitter");
            return this;
        }

        /**
         * After so long no attempt and no delay begins any more: above zero. Default 30 s, or what all attempts may
         * take together where an attempt timeout above that is set. 147 years and more are no limit.
         */
        public Builder timeBudget(Duration budget) {
            this.timeBudget = Objects.requireNonNull(budget, "budget");
            return this;
        }

        /** How long one attempt may take: above zero and no more than the time budget; null = off, the default. */
        public Builder attemptTimeout(@Nullable Duration timeout) {
            this.attemptTimeout = timeout;
            return this;
        }

        /** Whether a peer's Retry-After is the least delay, and the longest that is waited for. Default true, 10 s. */
        public Builder retryAfter(boolean respect, Duration max) {
            this.respectsRetryAfter = respect;
            this.maxRetryAfter = Objects.requireNonNull(max, "max");
            return this;
        }

        /** Whom it concerns that a peer has asked for time. Default {@link RetryAfterSharing#RETRIES}. */
        public Builder retryAfterSharing(RetryAfterSharing sharing) {
            this.retryAfterSharing = Objects.requireNonNull(sharing, "sharing");
            return this;
        }

        /** What happens to a failure on which an inner policy has given up. Default {@link NestedRetries#ONCE}. */
        public Builder nested(NestedRetries nested) {
            this.nested = Objects.requireNonNull(nested, "nested");
            return this;
        }

        /** Whether a second effect does no harm, so that attempts of unknown effect are retried too. Default false. */
        public Builder idempotent(boolean idempotent) {
            this.idempotent = idempotent;
            return this;
        }

        /** Whether an attempt is retried that sent, say, a POST. Default {@link UnsafeMethods#WITH_KEY}. */
        public Builder unsafeMethods(UnsafeMethods unsafeMethods) {
            this.unsafeMethods = Objects.requireNonNull(unsafeMethods, "unsafeMethods");
            return this;
        }

        /** Whether requests that must not happen twice get an idempotency key. Default false. */
        public Builder sendsKeys(boolean send) {
            this.sendsKeys = send;
            return this;
        }

        /**
         * Whether attempts are told of the {@linkplain AttemptRequests#watched HTTP requests} they send. Then an attempt in
         * which an HTTP client failed, and which was told of none, isn't repeated if keys were asked for. Default false.
         */
        public Builder watchesRequests(boolean watch) {
            this.watchesRequests = watch;
            return this;
        }

        /** Ends each call that it would retry with {@link StopReason#DRY_RUN}, the token paid. Default false. */
        public Builder dryRun(boolean dryRun) {
            this.dryRun = dryRun;
            return this;
        }

        /**
         * The policy.
         *
         * @throws IllegalArgumentException names the first setting that is out of its range or contradicts another
         */
        public RetryPolicy build() {
            Duration budget = timeBudget == null ? PolicyRules.timeBudget(maxAttempts, attemptTimeout) : timeBudget;
            PolicyRules.check(maxAttempts, attemptTimeout, budget, maxRetryAfter);
            return new RetryPolicy(this, budget);
        }
    }
}
