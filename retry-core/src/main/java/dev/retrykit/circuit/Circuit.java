package dev.retrykit.circuit;

import dev.retrykit.circuit.CircuitTransitions.Target;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.function.ThrowingRunnable;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Stops calls to a dependency that is down, probes it, and recovers. Thread-safe; only notifying a listener takes a
 * lock.
 *
 * <pre>{@code
 * Circuit circuit = Circuit.of("inventory", CircuitPolicy.defaults());
 * Stock stock = circuit.call(() -> client.stock(sku));
 * }</pre>
 *
 * <p>The state is one {@link Generation}, replaced by one CAS against the value that was read. A permit is the
 * generation that granted it, so a result is only counted where it belongs, and if many threads see the same reason for
 * a transition, exactly one makes it.
 *
 * <pre>
 *            rate, slow-call rate or streak reached             open time over
 *   CLOSED ------------------------------------------> OPEN ------------------> HALF_OPEN
 *     ^                                                 ^                        |  |  | lease over: a new round
 *     |                                                 +--- can't get below ----+  |
 *     +--------------- all probes ended below the failure rate ---------------------+
 * </pre>
 */
public final class Circuit {

    private final String name;
    private final TimeSource time;
    final CircuitTransitions succession;
    private final FailureClassifier classifier;

    private Circuit(Builder builder) {
        this.name = builder.name;
        this.time = builder.time;
        this.succession =
                new CircuitTransitions(builder, Generation.first(builder.beginning, builder.policy, time.nanoTime()));
        this.classifier = builder.classifier;
    }

    /** Creates a closed circuit on the system clock. */
    public static Circuit of(String name, CircuitPolicy policy) {
        return builder(name).policy(policy).build();
    }

    /** Creates a closed circuit on another clock. */
    public static Circuit of(String name, CircuitPolicy policy, TimeSource time) {
        return builder(name).policy(policy).timeSource(time).build();
    }

    /** Starts with the default settings and the system clock. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * Makes a call through the circuit, without retries.
     *
     * @throws CircuitOpenException if the circuit rejects the call; nothing ran
     * @throws X what the call throws
     */
    public <T extends @Nullable Object, X extends Throwable> T call(ThrowingCallable<T, X> body) throws X {
        return CircuitDriver.call(this, body);
    }

    /**
     * Makes a call that returns nothing through the circuit, without retries.
     *
     * @throws CircuitOpenException if the circuit rejects the call; nothing ran
     */
    public <X extends Throwable> void run(ThrowingRunnable<X> body) throws X {
        CircuitDriver.<Boolean, X>call(this, () -> {
            body.run();
            return Boolean.TRUE;
        });
    }

    /**
     * Makes an asynchronous call through the circuit, without retries. The returned future completes as the call's
     * stage does, with the failure itself. If the caller cancels or completes it first, the stage is cancelled.
     *
     * @throws CircuitOpenException if the circuit rejects the call; nothing ran
     * @throws X what the call throws before it returns a stage
     */
    public <T extends @Nullable Object, X extends Throwable> CompletableFuture<T> callAsync(
            ThrowingCallable<? extends CompletionStage<T>, X> body) throws X {
        return CircuitDriver.callAsync(this, body);
    }

    /** The current state, which decides what happens to the next call. */
    public CircuitState state() {
        return succession.current(time.nanoTime()).state;
    }

    /** Returns the current state and counts of the circuit. */
    public CircuitSnapshot snapshot() {
        long now = time.nanoTime();
        return succession.snapshot(succession.current(now), now);
    }

    /** Closes the circuit with an empty window, from any state. */
    public void reset() {
        succession.moveTo(Target.RESET);
    }

    /** Rejects all calls until it is reset or disabled. */
    public void forceOpen() {
        succession.moveTo(Target.FORCED_OPEN);
    }

    /** Rejects all calls for a time above zero, and then probes. */
    public void forceOpen(Duration time) {
        succession.moveTo(Target.FORCED_OPEN.lasting(time, this.time.nanoTime()));
    }

    /** Lets all calls through until it is reset or forced open. */
    public void disable() {
        succession.moveTo(Target.DISABLED);
    }

    /** Lets all calls through for a time above zero; afterwards the circuit is closed, with an empty window. */
    public void disable(Duration time) {
        succession.moveTo(Target.DISABLED.lasting(time, this.time.nanoTime()));
    }

    /** Starts a round of probes now. */
    public void halfOpen() {
        succession.moveTo(Target.HALF_OPEN);
    }

    /**
     * Changes the settings. The state, the counts that still apply, and running calls are kept: a window of the same
     * type keeps the results that its new size covers, and an open duration or a round of probes that has begun keeps
     * its length and its number of probes.
     */
    public void change(CircuitPolicy policy) {
        succession.change(Objects.requireNonNull(policy, "policy"));
    }

    /** The name of this circuit. */
    public String name() {
        return name;
    }

    /** The current settings. */
    public CircuitPolicy policy() {
        return succession.policy();
    }

    /** The clock of this circuit. */
    public TimeSource time() {
        return time;
    }

    /** Whether the end of a successful call must be read from the clock; otherwise its start time will do. */
    public boolean isTimed() {
        return succession.isCounted() || policy().slowCallDuration() != null;
    }

    /**
     * Acquires a permit.
     *
     * @param nowNanos a reading of this circuit's clock
     * @return the permit, or null if the call must not be made
     */
    public @Nullable Permit tryAcquire(long nowNanos) {
        return succession.admit(nowNanos, false);
    }

    /**
     * Acquires a permit for a first attempt, which {@link BlockScope#RETRIES} lets through in any state. If it goes
     * through only for that reason, its result is counted in the meters only.
     *
     * @param nowNanos a reading of this circuit's clock
     * @return the permit, or null if the call must not be made
     */
    public @Nullable Permit tryAcquireFirst(long nowNanos) {
        return succession.admit(nowNanos, true);
    }

    /**
     * Returns a permit with the signal of the call.
     *
     * @param startedNanos the reading of this circuit's clock when the call started
     * @param nowNanos the reading when it ended; the start will do for a success if the circuit {@linkplain #isTimed is
     *     not timed}
     */
    public void end(Permit permit, Signal signal, long startedNanos, long nowNanos) {
        succession.end((Generation) permit, signal, startedNanos, nowNanos);
    }

    /**
     * The time until a call can be let through, in nanoseconds: 0 if it can be now, {@link Long#MAX_VALUE} if never.
     */
    public long untilAdmittedNanos(long nowNanos) {
        return succession.untilAdmittedNanos(nowNanos);
    }

    /**
     * The time until the turn of a call that waits since it was rejected, in nanoseconds. Waiting calls return spread
     * out as they arrived, not all at once.
     */
    public long untilTurnNanos(long rejectedNanos, long nowNanos) {
        return succession.untilTurnNanos(rejectedNanos, nowNanos);
    }

    /** Whether the circuit has opened since a waiting call was rejected. */
    public boolean isNewTo(long rejectedNanos, long nowNanos) {
        return succession.isNewTo(rejectedNanos, nowNanos);
    }

    /** Creates the exception for a rejected call. */
    public CircuitOpenException rejection(long nowNanos) {
        return new CircuitOpenException(name, untilAdmittedNanos(nowNanos));
    }

    FailureClassifier classifier() {
        return classifier;
    }

    @Override
    public String toString() {
        return "Circuit[" + name + ": " + state() + "]";
    }
    /** Builds a {@link Circuit}; everything except the name is optional. */
    public static final class Builder {

        final String name;

        @Nullable
        String key;

        Target beginning = Target.RESET;
        private CircuitPolicy policy = CircuitPolicy.defaults();
        TimeSource time = TimeSource.system();
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        private FailureClassifier classifier = FailureBook.standard();

        @Nullable
        CircuitListener listener;

        @Nullable
        CircuitCounters counters;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }
        /** Makes it the circuit of a key, with an initial state. */
        Builder keyed(String key, Target beginning) {
            this.key = key;
            this.beginning = beginning;
            return this;
        }

        /** The settings. Default {@link CircuitPolicy#defaults()}. */
        public Builder policy(CircuitPolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** The clock. Default {@link TimeSource#system()}. */
        public Builder timeSource(TimeSource time) {
            this.time = Objects.requireNonNull(time, "time");
            return this;
        }

        /** The source of the open duration's jitter; must be thread-safe. Default {@link ThreadLocalRandom}. */
        public Builder random(RandomGenerator random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /** Classifies failures of calls without a retry. Default {@link FailureBook#standard()}. */
        public Builder classifier(FailureClassifier classifier) {
            this.classifier = Objects.requireNonNull(classifier, "classifier");
            return this;
        }

        /** Receives each state transition. Default none. */
        public Builder listener(CircuitListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Counts and times all calls. Off by default. */
        public Builder counters(CircuitCounters counters) {
            this.counters = Objects.requireNonNull(counters, "counters");
            return this;
        }

        /** Builds the circuit. It starts closed. */
        public Circuit build() {
            return new Circuit(this);
        }
    }
}
