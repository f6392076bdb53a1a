package dev.retrykit;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.DelayFunction;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.event.SideEffect;
import dev.retrykit.event.StopReason;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.ResultClassifier;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.failure.book.Repeatable;
import dev.retrykit.http.AnswerRules;
import dev.retrykit.internal.decision.AnswerNotes;
import dev.retrykit.internal.decision.CompiledPolicy;
import dev.retrykit.internal.decision.FailureRules;
import dev.retrykit.internal.decision.PolicyRules;
import dev.retrykit.internal.decision.RepeatRules;
import dev.retrykit.internal.decision.ResultRules;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When and how to retry. Immutable; {@link Builder} documents ranges and defaults.
 *
 * <pre>{@code
 * RetryPolicy policy = RetryPolicy.builder()
 *         .maxAttempts(4)
 *         .backoff(BackoffPolicy.exponential(Duration.ofMillis(100), 2, Duration.ofSeconds(5)))
 *         .attemptTimeout(Duration.ofSeconds(2))
 *         .retryOn(IOException.class)
 *         .abortOn(FileNotFoundException.class)
 *         .build();
 * }</pre>
 */
public final class RetryPolicy {

    private static final RetryPolicy DEFAULTS = builder().build();

    /** A defensive copy that never changes. */
    private final Builder settings;

    /** The configured one, or the default that fits the other settings. */
    private final Duration timeBudget;

    private final CompiledPolicy compiled;

    private RetryPolicy(Builder builder, Duration timeBudget) {
        this.settings = builder.copy();
        this.timeBudget = timeBudget;
        RepeatRules repeats = builder.repeatRules();
        this.compiled = new CompiledPolicy(
                builder.maxAttempts,
                builder.delay == null ? builder.backoff : builder.backoff.with(builder.delay),
                builder.jitter == null ? builder.backoffJitter : builder.jitter,
                Nanos.of(timeBudget),
                builder.attemptTimeout == null ? 0 : Nanos.of(builder.attemptTimeout),
                builder.respectsRetryAfter,
                Nanos.of(builder.maxRetryAfter),
                builder.retryAfterSharing != RetryAfterSharing.OFF,
                builder.retryAfterSharing == RetryAfterSharing.ALL,
                builder.nested == NestedRetries.MULTIPLY,
                builder.dryRun,
                repeats,
                builder.failureRules(repeats.repeatable()),
                new ResultRules(List.copyOf(builder.resultClassifiers)));
    }

    /** Returns the default policy: 3 attempts, decorrelated jitter from 200 ms up to 10 s, a time budget of 30 s. */
    public static RetryPolicy defaults() {
        return DEFAULTS;
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts with the settings of this policy, which itself does not change. */
    public Builder toBuilder() {
        return settings.copy();
    }

    /** Maximum number of attempts, including the first. */
    public int maxAttempts() {
        return compiled.maxAttempts();
    }

    /** The delay before each retry, before jitter. */
    public BackoffPolicy backoff() {
        return compiled.backoff();
    }

    /** How delays are randomized. */
    public Jitter jitter() {
        return compiled.jitter();
    }

    /** Maximum total time of a call, including delays. No attempt or delay starts after it. */
    public Duration timeBudget() {
        return timeBudget;
    }

    /** Maximum time of one attempt; empty if only the time budget limits it. */
    public Optional<Duration> attemptTimeout() {
        return Optional.ofNullable(settings.attemptTimeout);
    }

    /** Whether a server's Retry-After is the minimum delay. */
    public boolean respectsRetryAfter() {
        return compiled.respectsRetryAfter();
    }

    /** The longest Retry-After that calls wait for; a longer one ends the call. */
    public Duration maxRetryAfter() {
        return Duration.ofNanos(compiled.maxRetryAfterNanos());
    }

    /** Which calls wait when a server asks for time. */
    public RetryAfterSharing retryAfterSharing() {
        return settings.retryAfterSharing;
    }

    /** Handling of a failure on which an inner policy has given up. */
    public NestedRetries nested() {
        return settings.nested;
    }

    /** Whether the policy only reports what it would retry. */
    public boolean isDryRun() {
        return compiled.isDryRun();
    }

    /** Whether to retry an attempt that may have had an effect that must not happen twice. */
    public UnsafeMethods unsafeMethods() {
        return settings.unsafeMethods;
    }

    /** Whether to retry an attempt that had an effect of the given kind. */
    public boolean allows(SideEffect.Kind effect) {
        return compiled.allows(effect);
    }

    /** Whether requests that must not happen twice carry an idempotency key. */
    public boolean sendsKeys() {
        return compiled.sendsKeys();
    }

    /**
     * Classifies a failure under this policy. Never throws: if a classifier throws, the failure is not retryable, and
     * the classifier's exception is attached to it.
     */
    public Verdict classify(Throwable failure) {
        return compiled.rules().classify(failure, AnswerNotes.NONE);
    }

    CompiledPolicy compiled() {
        return compiled;
    }

    /** Builds a {@link RetryPolicy}; {@link #build()} validates the settings. */
    public static final class Builder implements Cloneable {

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
        private List<Class<? extends Throwable>> retryOn = List.of();
        private List<Class<? extends Throwable>> abortOn = List.of();
        private AnswerRules answers = AnswerRules.defaults();
        private boolean knownFailures = true;
        private FailureBook book = FailureBook.standard();
        private List<Predicate<? super Throwable>> abortIf = new ArrayList<>();
        private List<Predicate<? super Throwable>> retryIf = new ArrayList<>();
        private List<FailureClassifier> classifiers = new ArrayList<>();
        private List<ResultClassifier> resultClassifiers = new ArrayList<>();

        private Builder() {}

        /** Maximum number of attempts, including the first: 1 or more, default 3. */
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

        /**
         * Sets only the first delay and the cap; strategy and default jitter are unchanged. Throws what
         * {@link BackoffPolicy#of} throws.
         */
        public Builder backoff(Duration delay, Duration maxDelay) {
            this.backoff = BackoffPolicy.of(backoff.strategy(), delay, backoff.multiplier(), maxDelay);
            return this;
        }

        /** A delay function that replaces the backoff's strategy; the backoff's cap and the jitter still apply. */
        public Builder delay(DelayFunction delay) {
            this.delay = Objects.requireNonNull(delay, "delay");
            this.backoffJitter = Jitter.EQUAL;
            return this;
        }

        /**
         * How delays are randomized. Default {@link Jitter#DECORRELATED}; {@link Jitter#EQUAL} if a backoff or a delay
         * function is set.
         */
        public Builder jitter(Jitter jitter) {
            this.jitter = Objects.requireNonNull(jitter, "jitter");
            return this;
        }

        /**
         * Maximum total time of a call, including delays: above zero. No attempt or delay starts after it. Default 30 s
         * or, if the attempt timeout is longer than that, the attempt timeout times the number of attempts. 147 years
         * or more means unlimited.
         */
        public Builder timeBudget(Duration budget) {
            this.timeBudget = Objects.requireNonNull(budget, "budget");
            return this;
        }

        /** Maximum time of one attempt: above zero and at most the time budget; null = off, the default. */
        public Builder attemptTimeout(@Nullable Duration timeout) {
            this.attemptTimeout = timeout;
            return this;
        }

        /**
         * Whether a server's Retry-After is the minimum delay, and the longest one that calls wait for. Default true,
         * 10 s.
         */
        public Builder retryAfter(boolean respect, Duration max) {
            this.respectsRetryAfter = respect;
            this.maxRetryAfter = Objects.requireNonNull(max, "max");
            return this;
        }

        /** Which calls wait when a server asks for time. Default {@link RetryAfterSharing#RETRIES}. */
        public Builder retryAfterSharing(RetryAfterSharing sharing) {
            this.retryAfterSharing = Objects.requireNonNull(sharing, "sharing");
            return this;
        }

        /** Sets the handling of a failure on which an inner policy has given up. Default {@link NestedRetries#ONCE}. */
        public Builder nested(NestedRetries nested) {
            this.nested = Objects.requireNonNull(nested, "nested");
            return this;
        }

        /** Whether a second effect is harmless, so that attempts of unknown effect are retried too. Default false. */
        public Builder idempotent(boolean idempotent) {
            this.idempotent = idempotent;
            return this;
        }

        /**
         * Whether to retry an attempt that sent a request that is not idempotent, such as a POST. Default
         * {@link UnsafeMethods#WITH_KEY}.
         */
        public Builder unsafeMethods(UnsafeMethods unsafeMethods) {
            this.unsafeMethods = Objects.requireNonNull(unsafeMethods, "unsafeMethods");
            return this;
        }

        /** Whether requests that must not happen twice carry an idempotency key. Default false. */
        public Builder sendsKeys(boolean send) {
            this.sendsKeys = send;
            return this;
        }

        /**
         * Whether HTTP clients record the {@linkplain AttemptRequests#watched requests} of an attempt. If so, and keys
         * are asked for, an attempt in which an HTTP client failed is not retried unless a request was recorded.
         * Default false.
         */
        public Builder watchesRequests(boolean watch) {
            this.watchesRequests = watch;
            return this;
        }

        /** Instead of a retry, spends the token and ends the call with {@link StopReason#DRY_RUN}. Default false. */
        public Builder dryRun(boolean dryRun) {
            this.dryRun = dryRun;
            return this;
        }

        /**
         * Types of transient failures in addition to the {@linkplain #knownFailures known} ones, including subtypes,
         * anywhere in the cause chain. None by default. {@code Exception.class} retries everything except
         * {@code Error}s.
         */
        @SafeVarargs
        public final Builder retryOn(Class<? extends Throwable>... failures) {
            return retryOn(List.of(failures));
        }

        /** Types of transient failures in addition to the known ones, as a list. */
        public Builder retryOn(List<Class<? extends Throwable>> failures) {
            this.retryOn = List.copyOf(failures);
            return this;
        }

        /**
         * Adds a predicate for transient failures, which are treated like those of {@link #retryOn}. It is tested with
         * the failure and then with each of its causes. It must be fast and thread-safe. If it throws, the failure is
         * not retried.
         */
        public Builder retryIf(Predicate<? super Throwable> predicate) {
            retryIf.add(Objects.requireNonNull(predicate, "predicate"));
            return this;
        }

        /**
         * Adds a predicate for permanent failures, which are treated like those of {@link #abortOn}. It is tested with
         * the failure and then with each of its causes. It must be fast and thread-safe. If it throws, the failure is
         * not retried.
         */
        public Builder abortIf(Predicate<? super Throwable> predicate) {
            abortIf.add(Objects.requireNonNull(predicate, "predicate"));
            return this;
        }

        /**
         * Types of permanent failures, including subtypes, anywhere in the cause chain. Checked before all other rules.
         */
        @SafeVarargs
        public final Builder abortOn(Class<? extends Throwable>... failures) {
            return abortOn(List.of(failures));
        }

        /** Types of permanent failures, as a list. */
        public Builder abortOn(List<Class<? extends Throwable>> failures) {
            this.abortOn = List.copyOf(failures);
            return this;
        }

        /**
         * Whether the library's own rules for failures and statuses apply. Without them, only the failures that the
         * policy names, or that a classifier other than {@link dev.retrykit.failure.KnownFailures} calls transient, are
         * retried. Default true.
         */
        public Builder knownFailures(boolean known) {
            this.knownFailures = known;
            return this;
        }

        /**
         * The HTTP statuses that are transient, whether they come from a failure, a classifier's verdict, or the last
         * response of the attempt. All others are permanent, even if {@code retryOn} names the failures that carry
         * them. Default: those of {@link AnswerRules#defaults()}.
         */
        public Builder statuses(List<Integer> statuses) {
            this.answers = new AnswerRules(statuses);
            return this;
        }

        /**
         * Adds a classifier. It is called after those added before, and before the {@linkplain FailureBook#standard()
         * failure book}. A {@link FailureBook} with lines of the application is a classifier, too.
         */
        public Builder classifier(FailureClassifier classifier) {
            classifiers.add(Objects.requireNonNull(classifier, "classifier"));
            return this;
        }

        /** The wall clock for dates in responses and failures that say when to retry. Default: the system clock. */
        public Builder clock(Supplier<Instant> clock) {
            this.book = FailureBook.standard(clock);
            return this;
        }

        /**
         * Adds a classifier of returned values. A rejected value that is not replaced by a good one is returned
         * unchanged. None by default.
         */
        public Builder resultClassifier(ResultClassifier classifier) {
            resultClassifiers.add(Objects.requireNonNull(classifier, "classifier"));
            return this;
        }

        /**
         * Adds a predicate for returned values that are transient failures. It is tested with each returned value,
         * including null. If all attempts fail, the last value is returned unchanged. It must be fast and thread-safe.
         */
        public Builder retryOnResult(Predicate<? super @Nullable Object> predicate) {
            Objects.requireNonNull(predicate, "predicate");
            return resultClassifier(value -> predicate.test(value) ? Verdict.retryable() : null);
        }

        private Builder copy() {
            Builder copy;
            try {
                copy = (Builder) super.clone();
            } catch (CloneNotSupportedException impossible) {
                throw new IllegalStateException(impossible);
            }
            copy.abortIf = new ArrayList<>(abortIf);
            copy.retryIf = new ArrayList<>(retryIf);
            copy.classifiers = new ArrayList<>(classifiers);
            copy.resultClassifiers = new ArrayList<>(resultClassifiers);
            return copy;
        }

        private RepeatRules repeatRules() {
            boolean always = unsafeMethods == UnsafeMethods.ALWAYS;
            boolean keyed = unsafeMethods == UnsafeMethods.WITH_KEY;
            return new RepeatRules(
                    idempotent, always || keyed, always || keyed && idempotent, sendsKeys, watchesRequests);
        }

        private FailureRules failureRules(Repeatable may) {
            return new FailureRules(
                    abortOn,
                    retryOn,
                    List.copyOf(abortIf),
                    List.copyOf(retryIf),
                    List.copyOf(classifiers),
                    book,
                    answers,
                    knownFailures,
                    may,
                    nested == NestedRetries.MULTIPLY);
        }

        /**
         * Builds the policy.
         *
         * @throws IllegalArgumentException if a setting is out of range or contradicts another; the message names the
         *     first such setting
         */
        public RetryPolicy build() {
            Duration budget = timeBudget == null ? PolicyRules.timeBudget(maxAttempts, attemptTimeout) : timeBudget;
            PolicyRules.check(maxAttempts, attemptTimeout, budget, maxRetryAfter);
            return new RetryPolicy(this, budget);
        }
    }
}
