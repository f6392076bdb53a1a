package dev.retrykit.circuit;

import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link Circuit}. Immutable; the {@link Builder} names ranges and defaults. */
public final class CircuitPolicy {

    private static final CircuitPolicy DEFAULTS = builder().build();

    final long slowNanos;
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
        this.minimumCalls = CircuitDefaults.minimumCalls(settings.minimumCalls, settings.countWindow, settings.probes);
        this.probes = CircuitDefaults.probes(settings.probes, minimumCalls);
        this.openDuration = CircuitDefaults.openDuration(settings.openDuration, settings.maxOpenDuration);
        this.maxOpenDuration = CircuitDefaults.maxOpenDuration(settings.maxOpenDuration, openDuration);
        Duration slow = settings.slowCallDuration;
        this.slowNanos = slow == null ? Long.MAX_VALUE : Nanos.of(slow);
        this.openNanos = Nanos.of(openDuration);
        this.maxOpenNanos = Nanos.of(maxOpenDuration);
        this.leaseNanos = Nanos.of(settings.lease);
    }

    /** Opens when 70 % of at least 20 calls of the last 10 s failed, for 5 s to 30 s. */
    public static CircuitPolicy defaults() {
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

    /** The count window's size in calls, or 0 if the window is one of time. */
    public int countWindow() {
        return settings.countWindow == null ? 0 : settings.countWindow;
    }

    /** Whether the window is one of calls. */
    boolean isCounted() {
        return settings.countWindow != null;
    }

    /** The time window's size; without meaning if the window is one of calls. */
    public Duration timeWindow() {
        return settings.timeWindow;
    }

    /** Results that the window must hold before a rate means anything. */
    public int minimumCalls() {
        return minimumCalls;
    }

    /** Percent of failed calls at which the circuit opens. */
    public double failureRate() {
        return settings.failureRate;
    }

    /** A call that takes as long or longer is slow; null = off. */
    public @Nullable Duration slowCallDuration() {
        return settings.slowCallDuration;
    }

    /** Percent of slow calls at which the circuit opens. */
    public double slowCallRate() {
        return settings.slowCallRate;
    }

    /** Failures in a row at which the circuit opens; 0 = off. */
    public int consecutiveFailures() {
        return settings.consecutiveFailures;
    }

    /** How long it stays open the first time. */
    public Duration openDuration() {
        return openDuration;
    }

    /** How the open time grows with each failed round of probes. */
    public double openMultiplier() {
        return settings.openMultiplier;
    }

    /** Where that growth ends. */
    public Duration maxOpenDuration() {
        return maxOpenDuration;
    }

    /** By which fraction the open time is spread, up and down. */
    public double openJitter() {
        return settings.openJitter;
    }

    /** Calls let through in half-open. */
    public int probes() {
        return probes;
    }

    /** How long a round of probes may take before a new one begins. */
    public Duration lease() {
        return settings.lease;
    }

    /** The failures that alone count as such; empty = all. */
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

    /** What a retrying call does while the circuit is open. */
    public OpenBehavior onOpen() {
        return settings.onOpen;
    }

    /** What an open circuit holds back. */
    public BlockScope blocks() {
        return settings.blocks;
    }

    /** Whether it only counts what it would reject. */
    public boolean isDryRun() {
        return settings.dryRun;
    }

    /** Whether a rate is reached when so many failures and slow calls are compared with so many calls. */
    boolean isReached(long failures, long slowCalls, long calls, double least) {
        return failures * 100.0 >= Math.max(least, settings.failureRate) * calls
                || settings.slowCallDuration != null
                        && slowCalls * 100.0 >= Math.max(least, settings.slowCallRate) * calls;
    }

    /** Whether a failure says nothing to a circuit of these settings. */
    public boolean ignores(Throwable failure) {
        return ignored().selects(failure, 0);
    }

    /** Collects the settings; {@link #build()} checks them. A default that doesn't fit what was set gives way to it. */
    public static final class Builder extends SelectorBuilder<Builder> implements Cloneable {

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

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Watches the last calls: 1 to 1,000,000. Replaces the time window. */
        public Builder countWindow(int calls) {
            this.countWindow = calls;
            return this;
        }

        /** Watches the calls of the last time: 10 ms to 1 day, default 10 s. Replaces the count window. */
        public Builder timeWindow(Duration size) {
            this.countWindow = null;
            this.timeWindow = Objects.requireNonNull(size, "size");
            return this;
        }

        /** Results that the window must hold before a rate means anything: 1 or more, default 20. */
        public Builder minimumCalls(int calls) {
            this.minimumCalls = calls;
            return this;
        }

        /** Percent of failed calls at which it opens: above 0 to 100, default 70. */
        public Builder failureRate(double percent) {
            this.failureRate = percent;
            return this;
        }

        /** Opens when so many percent (above 0 to 100) of the calls take so long or longer; null = off, the default. */
        public Builder slowCall(@Nullable Duration duration, double percent) {
            this.slowCallDuration = duration;
            this.slowCallRate = percent;
            return this;
        }

        /** Opens after so many failures in a row, whatever the window holds: 0 or more, default 0 = off. */
        public Builder consecutiveFailures(int failures) {
            this.consecutiveFailures = failures;
            return this;
        }

        /** How long it stays open the first time: above 0, default 5 s. */
        public Builder openDuration(Duration duration) {
            this.openDuration = Objects.requireNonNull(duration, "duration");
            return this;
        }

        /** How the open time grows with each failed round of probes: 1 or more, default 2. */
        public Builder openMultiplier(double multiplier) {
            this.openMultiplier = multiplier;
            return this;
        }

        /** Where that growth ends: at least the open duration, default 30 s. Jitter comes on top. */
        public Builder maxOpenDuration(Duration duration) {
            this.maxOpenDuration = Objects.requireNonNull(duration, "duration");
            return this;
        }

        /** By which fraction the open time is spread up and down: 0 to 1, default 0.5. */
        public Builder openJitter(double fraction) {
            this.openJitter = fraction;
            return this;
        }

        /** Calls let through in half-open: 1 to 10,000 and no more than the minimum calls, default 5. */
        public Builder probes(int calls) {
            this.probes = calls;
            return this;
        }

        /** How long a round of probes may take before a new one begins: above 0, default 30 s. */
        public Builder lease(Duration duration) {
            this.lease = Objects.requireNonNull(duration, "duration");
            return this;
        }

        /** What a retrying call does while the circuit is open. Default {@link OpenBehavior#STOP}. */
        public Builder onOpen(OpenBehavior onOpen) {
            this.onOpen = Objects.requireNonNull(onOpen, "onOpen");
            return this;
        }

        /** What an open circuit holds back. Default {@link BlockScope#ALL}. */
        public Builder blocks(BlockScope blocks) {
            this.blocks = Objects.requireNonNull(blocks, "blocks");
            return this;
        }

        /** Counts and tells what it would reject, and rejects nothing, not even when forced open. Default false. */
        public Builder dryRun(boolean dryRun) {
            this.dryRun = dryRun;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException names the first setting that is out of its range or contradicts another
         */
        public CircuitPolicy build() {
            CircuitPolicy policy = new CircuitPolicy(copy());
            CircuitRules.check(policy);
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
