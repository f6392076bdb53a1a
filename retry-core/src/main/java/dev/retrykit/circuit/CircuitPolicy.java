package dev.retrykit.circuit;

import dev.retrykit.internal.circuit.CircuitRules;
import dev.retrykit.internal.circuit.Thresholds;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link Circuit}. Immutable; {@link Builder} documents ranges and defaults.
 *
 * <pre>{@code
 * CircuitPolicy policy = CircuitPolicy.builder()
 *         .timeWindow(Duration.ofSeconds(20))
 *         .failureRate(50)
 *         .slowCall(Duration.ofSeconds(2), 80)
 *         .build();
 * }</pre>
 */
public final class CircuitPolicy {

    private static final CircuitPolicy DEFAULTS = builder().build();

    final Thresholds thresholds;
    final long openNanos;
    final long maxOpenNanos;
    final long leaseNanos;
    private final Builder settings;
    private final int minimumCalls;
    private final int probes;
    private final Duration openDuration;
    private final Duration maxOpenDuration;

    private CircuitPolicy(Builder settings) {
        this.settings = settings;
        this.minimumCalls = CircuitRules.minimumCalls(settings.minimumCalls, settings.countWindow, settings.probes);
        this.probes = CircuitRules.probes(settings.probes, minimumCalls);
        this.openDuration = CircuitRules.openDuration(settings.openDuration, settings.maxOpenDuration);
        this.maxOpenDuration = CircuitRules.maxOpenDuration(settings.maxOpenDuration, openDuration);
        Duration slow = settings.slowCallDuration;
        this.thresholds = new Thresholds(
                countWindow(),
                Nanos.of(settings.timeWindow),
                minimumCalls,
                settings.failureRate,
                slow == null ? Thresholds.NEVER_SLOW : Nanos.of(slow),
                settings.slowCallRate,
                settings.consecutiveFailures);
        this.openNanos = Nanos.of(openDuration);
        this.maxOpenNanos = Nanos.of(maxOpenDuration);
        this.leaseNanos = Nanos.of(settings.lease);
    }

    /**
     * Returns the default settings: opens for 5 s to 30 s when 70 % of at least 20 calls in the last 10 s have failed.
     */
    public static CircuitPolicy defaults() {
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

    /** The size of the count window in calls; 0 if the window is a time window. */
    public int countWindow() {
        return settings.countWindow == null ? 0 : settings.countWindow;
    }

    /** Whether the window is a count window. */
    boolean isCounted() {
        return settings.countWindow != null;
    }

    /** The size of the time window; has no meaning if the window is a count window. */
    public Duration timeWindow() {
        return settings.timeWindow;
    }

    /** The number of results that the window must hold before its rates are significant. */
    public int minimumCalls() {
        return minimumCalls;
    }

    /** Percentage of failed calls at which the circuit opens. */
    public double failureRate() {
        return settings.failureRate;
    }

    /** The duration from which a call is slow; null = off. */
    public @Nullable Duration slowCallDuration() {
        return settings.slowCallDuration;
    }

    /** Percentage of slow calls at which the circuit opens. */
    public double slowCallRate() {
        return settings.slowCallRate;
    }

    /** Consecutive failures at which the circuit opens; 0 = off. */
    public int consecutiveFailures() {
        return settings.consecutiveFailures;
    }

    /** The initial open duration, before jitter. */
    public Duration openDuration() {
        return openDuration;
    }

    /** The factor by which the open duration grows with each failed round of probes. */
    public double openMultiplier() {
        return settings.openMultiplier;
    }

    /** Upper bound of the open duration, before jitter. */
    public Duration maxOpenDuration() {
        return maxOpenDuration;
    }

    /** The fraction by which the open duration is randomized, up and down. */
    public double openJitter() {
        return settings.openJitter;
    }

    /** The number of calls that a half-open circuit lets through. */
    public int probes() {
        return probes;
    }

    /** The maximum time of a round of probes before a new round starts. */
    public Duration lease() {
        return settings.lease;
    }

    /** The only failures that count as such; empty = all. */
    public FailureSelector recorded() {
        return settings.recorded;
    }

    /** The failures that say nothing against the dependency. */
    public FailureSelector ignored() {
        return settings.ignored;
    }

    /** The types of the failures that say nothing against the dependency. */
    public List<Class<? extends Throwable>> ignore() {
        return settings.ignored.types();
    }

    /** Behavior of a retrying call while the circuit is open. */
    public OpenBehavior onOpen() {
        return settings.onOpen;
    }

    /** Which attempts an open circuit blocks. */
    public BlockScope blocks() {
        return settings.blocks;
    }

    /** Whether the circuit only counts what it would reject. */
    public boolean isDryRun() {
        return settings.dryRun;
    }

    /** Whether a failure says nothing against the dependency under these settings. */
    public boolean ignores(Throwable failure) {
        return ignored().selects(failure, 0);
    }

    /**
     * Builds a {@link CircuitPolicy}; {@link #build()} validates the settings. A default gives way to a conflicting
     * value that is set.
     */
    public static final class Builder implements Cloneable {

        private @Nullable Integer countWindow;
        private Duration timeWindow = Duration.ofSeconds(10);
        private @Nullable Integer minimumCalls;
        private double failureRate = 70;
        private @Nullable Duration slowCallDuration;
        private double slowCallRate = 100;
        private int consecutiveFailures;
        private @Nullable Duration openDuration;
        private double openMultiplier = 2;
        private @Nullable Duration maxOpenDuration;
        private double openJitter = 0.5;
        private @Nullable Integer probes;
        private Duration lease = Duration.ofSeconds(30);
        private OpenBehavior onOpen = OpenBehavior.STOP;
        private BlockScope blocks = BlockScope.ALL;
        private boolean dryRun;
        private FailureSelector recorded = FailureSelector.NONE;
        private FailureSelector ignored = FailureSelector.NONE;

        private Builder() {}

        /** Uses a count window of this many calls: 1 to 1,000,000. Replaces the time window. */
        public Builder countWindow(int calls) {
            this.countWindow = calls;
            return this;
        }

        /** Uses a time window of this size: 10 ms to 1 day, default 10 s. Replaces the count window. */
        public Builder timeWindow(Duration size) {
            this.countWindow = null;
            this.timeWindow = Objects.requireNonNull(size, "size");
            return this;
        }

        /** The number of results that the window must hold before its rates are significant: 1 or more, default 20. */
        public Builder minimumCalls(int calls) {
            this.minimumCalls = calls;
            return this;
        }

        /** Percentage of failed calls at which the circuit opens: above 0 to 100, default 70. */
        public Builder failureRate(double percent) {
            this.failureRate = percent;
            return this;
        }

        /**
         * The duration from which a call is slow, and the percentage of slow calls at which the circuit opens (above 0
         * to 100). A null duration switches this off, which is the default.
         */
        public Builder slowCall(@Nullable Duration duration, double percent) {
            this.slowCallDuration = duration;
            this.slowCallRate = percent;
            return this;
        }

        /** Consecutive failures at which the circuit opens, whatever the window holds: 0 or more, default 0 = off. */
        public Builder consecutiveFailures(int failures) {
            this.consecutiveFailures = failures;
            return this;
        }

        /** The initial open duration, before jitter: above 0, default 5 s. */
        public Builder openDuration(Duration duration) {
            this.openDuration = Objects.requireNonNull(duration, "duration");
            return this;
        }

        /** The factor by which the open duration grows with each failed round of probes: 1 or more, default 2. */
        public Builder openMultiplier(double multiplier) {
            this.openMultiplier = multiplier;
            return this;
        }

        /** Upper bound of the open duration, before jitter: at least the open duration, default 30 s. */
        public Builder maxOpenDuration(Duration duration) {
            this.maxOpenDuration = Objects.requireNonNull(duration, "duration");
            return this;
        }

        /** The fraction by which the open duration is randomized, up and down: 0 to 1, default 0.5. */
        public Builder openJitter(double fraction) {
            this.openJitter = fraction;
            return this;
        }

        /**
         * The number of calls that a half-open circuit lets through: 1 to 10,000 and at most the minimum calls, default
         * 5.
         */
        public Builder probes(int calls) {
            this.probes = calls;
            return this;
        }

        /** The maximum time of a round of probes before a new round starts: above 0, default 30 s. */
        public Builder lease(Duration duration) {
            this.lease = Objects.requireNonNull(duration, "duration");
            return this;
        }

        /** Sets the behavior of a retrying call while the circuit is open. Default {@link OpenBehavior#STOP}. */
        public Builder onOpen(OpenBehavior onOpen) {
            this.onOpen = Objects.requireNonNull(onOpen, "onOpen");
            return this;
        }

        /** Which attempts an open circuit blocks. Default {@link BlockScope#ALL}. */
        public Builder blocks(BlockScope blocks) {
            this.blocks = Objects.requireNonNull(blocks, "blocks");
            return this;
        }

        /** Counts and reports what it would reject, and rejects nothing, not even when forced open. Default false. */
        public Builder dryRun(boolean dryRun) {
            this.dryRun = dryRun;
            return this;
        }

        /**
         * Types of failures that count as failures, including subtypes, anywhere in the cause chain. If {@code record},
         * {@code recordStatuses} or {@code recordIf} select failures, only those count. Any other failure counts as a
         * success, unless it says nothing, such as a cancelled call or the rejection by another circuit. None by default:
         * every failure counts unless it is known to be a permanent response.
         */
        @SafeVarargs
        public final Builder record(Class<? extends Throwable>... failures) {
            return record(List.of(failures));
        }

        /** Types of failures that count as failures, as a list. */
        public Builder record(List<Class<? extends Throwable>> failures) {
            recorded = recorded.withTypes(failures);
            return this;
        }

        /**
         * HTTP statuses, 100 to 599, of failures and returned responses that count as failures; see
         * {@link #record(Class...)}.
         */
        public Builder recordStatuses(List<Integer> statuses) {
            recorded = recorded.withStatuses(statuses);
            return this;
        }

        /**
         * Sets a predicate for the failures that count as failures; see {@link #record(Class...)}. It is tested with the
         * failure itself, not with its causes. It must be fast and thread-safe.
         */
        public Builder recordIf(Predicate<? super Throwable> predicate) {
            recorded = recorded.withPredicate(Objects.requireNonNull(predicate, "predicate"));
            return this;
        }

        /** Replaces everything that {@code record}, {@code recordStatuses} and {@code recordIf} have set. */
        public Builder record(FailureSelector failures) {
            recorded = failures.isEmpty() ? FailureSelector.NONE : failures;
            return this;
        }

        /**
         * Types of failures that say nothing against the dependency, including subtypes, anywhere in the cause chain. They
         * count as successes, even if {@code record} selects them. None by default.
         */
        @SafeVarargs
        public final Builder ignore(Class<? extends Throwable>... failures) {
            return ignore(List.of(failures));
        }

        /** Types of failures that say nothing against the dependency, as a list. */
        public Builder ignore(List<Class<? extends Throwable>> failures) {
            ignored = ignored.withTypes(failures);
            return this;
        }

        /** HTTP statuses, 100 to 599, of failures and returned responses that say nothing against the dependency. */
        public Builder ignoreStatuses(List<Integer> statuses) {
            ignored = ignored.withStatuses(statuses);
            return this;
        }

        /**
         * Sets a predicate for the failures that say nothing against the dependency. It is tested with the failure itself,
         * not with its causes. It must be fast and thread-safe.
         */
        public Builder ignoreIf(Predicate<? super Throwable> predicate) {
            ignored = ignored.withPredicate(Objects.requireNonNull(predicate, "predicate"));
            return this;
        }

        /** Replaces everything that {@code ignore}, {@code ignoreStatuses} and {@code ignoreIf} have set. */
        public Builder ignore(FailureSelector failures) {
            ignored = Objects.requireNonNull(failures, "failures");
            return this;
        }

        /**
         * Builds the settings.
         *
         * @throws IllegalArgumentException if a setting is out of range or contradicts another; the message names the
         *     first such setting
         */
        public CircuitPolicy build() {
            CircuitPolicy policy = new CircuitPolicy(copy());
            CircuitRules.checkWindow(countWindow, timeWindow, policy.minimumCalls);
            CircuitRules.checkRates(failureRate, slowCallDuration, slowCallRate, consecutiveFailures);
            CircuitRules.checkOpen(policy.openDuration, policy.maxOpenDuration, openMultiplier, openJitter);
            CircuitRules.checkProbes(policy.probes, policy.minimumCalls, lease);
            return policy;
        }

        private Builder copy() {
            try {
                return (Builder) super.clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
