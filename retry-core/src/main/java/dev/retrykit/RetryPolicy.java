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

/** When and how to retry. Immutable; the {@link Builder} names ranges and defaults. */
public final class RetryPolicy {

    private static final RetryPolicy DEFAULTS = builder().build();

    private final Duration timeBudget;
    private final @Nullable Duration attemptTimeout;
    private final RetryAfterSharing retryAfterSharing;
    private final NestedRetries nested;
    private final UnsafeMethods unsafeMethods;
    private final CompiledPolicy compiled;

    /** A copy that nothing changes. */
    private final Builder settings;

    private RetryPolicy(Builder builder, Duration timeBudget) {
        this.settings = builder.copy();
        this.timeBudget = timeBudget;
        this.attemptTimeout = builder.attemptTimeout;
        this.retryAfterSharing = builder.retryAfterSharing;
        this.nested = builder.nested;
        this.unsafeMethods = builder.unsafeMethods;
        RepeatRules repeats = builder.repeatRules();
        this.compiled = new CompiledPolicy(
                builder.maxAttempts,
                builder.delay == null ? builder.backoff : builder.backoff.with(builder.delay),
                builder.jitter == null ? builder.backoffJitter : builder.jitter,
                Nanos.of(timeBudget),
                attemptTimeout == null ? 0 : Nanos.of(attemptTimeout),
                builder.respectsRetryAfter,
                Nanos.of(builder.maxRetryAfter),
                retryAfterSharing != RetryAfterSharing.OFF,
                retryAfterSharing == RetryAfterSharing.ALL,
                nested == NestedRetries.MULTIPLY,
                builder.dryRun,
                repeats,
                builder.failureRules(repeats.repeatable()),
                new ResultRules(List.copyOf(builder.resultClassifiers)));
    }

    /** 3 attempts, decorrelated jitter from 200 ms up to 10 s, within 30 s. */
    public static RetryPolicy defaults() {
        return DEFAULTS;
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from the settings of this policy, and leaves this policy as it is. */
    public Builder toBuilder() {
        return settings.copy();
    }

    /** Attempts, the first included. */
    public int maxAttempts() {
        return compiled.maxAttempts();
    }

    /** The delay before each retry, before jitter. */
    public BackoffPolicy backoff() {
        return compiled.backoff();
    }

    /** How the delay is spread. */
    public Jitter jitter() {
        return compiled.jitter();
    }

    /** After so long no attempt and no delay begins any more. */
    public Duration timeBudget() {
        return timeBudget;
    }

    /** Maximum time of one attempt; empty if only the time budget limits it. */
    public Optional<Duration> attemptTimeout() {
        return Optional.ofNullable(attemptTimeout);
    }

    /** Whether a peer's Retry-After is the least delay. */
    public boolean respectsRetryAfter() {
        return compiled.respectsRetryAfter();
    }

    /** The longest Retry-After that is waited for; one that is longer ends the call. */
    public Duration maxRetryAfter() {
        return Duration.ofNanos(compiled.maxRetryAfterNanos());
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
        return compiled.isDryRun();
    }

    /** Whether an attempt is retried that had an effect which must not happen twice. */
    public UnsafeMethods unsafeMethods() {
        return unsafeMethods;
    }

    /** Whether an attempt is retried that had such an effect. */
    public boolean allows(SideEffect.Kind effect) {
        return compiled.allows(effect);
    }

    /** Whether requests that must not happen twice get an idempotency key. */
    public boolean sendsKeys() {
        return compiled.sendsKeys();
    }

    /**
     * What a failure means to this policy. Never throws: a classifier that does makes the failure not retryable, and
     * what it threw is attached to the failure.
     */
    public Verdict classify(Throwable failure) {
        return compiled.rules().classify(failure, AnswerNotes.NONE);
    }

    CompiledPolicy compiled() {
        return compiled;
    }

    /** Collects the settings; {@link #build()} checks them. */
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
         * Failures that are transient besides those that are {@linkplain #knownFailures known}: their subtypes included,
         * anywhere in the cause chain. None by default. {@code Exception.class} retries everything but {@code Error}s.
         */
        @SafeVarargs
        public final Builder retryOn(Class<? extends Throwable>... failures) {
            return retryOn(List.of(failures));
        }

        /** As a list. */
        public Builder retryOn(List<Class<? extends Throwable>> failures) {
            this.retryOn = List.copyOf(failures);
            return this;
        }

        /**
         * Adds a predicate of failures that are transient, as those of {@link #retryOn} are. It is tested with the failure
         * and then with each of its causes. It must be quick and thread-safe. If it throws, the failure is not retried.
         */
        public Builder retryIf(Predicate<? super Throwable> predicate) {
            retryIf.add(Objects.requireNonNull(predicate, "predicate"));
            return this;
        }

        /**
         * Adds a predicate of failures that are permanent, as those of {@link #abortOn} are. It is tested with the failure
         * and then with each of its causes. It must be quick and thread-safe. If it throws, the failure is not retried.
         */
        public Builder abortIf(Predicate<? super Throwable> predicate) {
            abortIf.add(Objects.requireNonNull(predicate, "predicate"));
            return this;
        }

        /** The failures that are permanent, their subtypes included, anywhere in the cause chain. Asked first. */
        @SafeVarargs
        public final Builder abortOn(Class<? extends Throwable>... failures) {
            return abortOn(List.of(failures));
        }

        /** The failures that are permanent, as a list. */
        public Builder abortOn(List<Class<? extends Throwable>> failures) {
            this.abortOn = List.copyOf(failures);
            return this;
        }

        /**
         * Whether the library's own knowledge of failures and statuses says what is retried. Without it only what the
         * policy names and what classifiers other than {@link dev.retrykit.failure.KnownFailures} call transient is
         * retried. Default true.
         */
        public Builder knownFailures(boolean known) {
            this.knownFailures = known;
            return this;
        }

        /**
         * The HTTP statuses that are transient, wherever they come from: a failure, a classifier's verdict, or what the
         * attempt was answered last. All others are permanent, whatever {@code retryOn} says of the failures that carry them.
         * Default: those of {@link AnswerRules#defaults()}.
         */
        public Builder statuses(List<Integer> statuses) {
            this.answers = new AnswerRules(statuses);
            return this;
        }

        /**
         * Another classifier, asked after those added before and before the {@linkplain FailureBook#standard() failure book}. A
         * {@link FailureBook} of the application's own lines is one, too.
         */
        public Builder classifier(FailureClassifier classifier) {
            classifiers.add(Objects.requireNonNull(classifier, "classifier"));
            return this;
        }

        /**
         * The wall clock by which the failure book reads dates: in what answers ask for, and where a failure says when to come
         * again. Default: the system's.
         */
        public Builder clock(Supplier<Instant> clock) {
            this.book = FailureBook.standard(clock);
            return this;
        }

        /** Another classifier of returned values. A bad value that stays bad is returned as it came. None by default. */
        public Builder resultClassifier(ResultClassifier classifier) {
            resultClassifiers.add(Objects.requireNonNull(classifier, "classifier"));
            return this;
        }

        /**
         * Adds a predicate of returned values that are transient failures. It is tested with each returned value, null
         * included. A value that stays bad is returned as it came. It must be quick and thread-safe.
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
