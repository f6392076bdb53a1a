package dev.retrykit.circuit;

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
 * Stops calling a dependency that is down, probes it, and recovers. Thread-safe; only telling a listener takes a lock.
 *
 * <p>The state is one {@link Generation}, replaced by one CAS against what was read. A permit is the generation that
 * gave it, so a result can only ever be counted where it belongs, and of many threads that see the same reason for a
 * transition exactly one makes it.
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

    /** A closed circuit on the system's clock. */
    public static Circuit of(String name, CircuitPolicy policy) {
        return builder(name).policy(policy).build();
    }

    /** A closed circuit on another clock. */
    public static Circuit of(String name, CircuitPolicy policy, TimeSource time) {
        return builder(name).policy(policy).timeSource(time).build();
    }

    /** A circuit of one's own making. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * Makes a call through the circuit, once.
     *
     * @throws CircuitOpenException if the circuit rejects it; then nothing ran
     * @throws X what the call throws
     */
    public <T extends @Nullable Object, X extends Throwable> T call(ThrowingCallable<T, X> body) throws X {
        return CircuitDriver.call(this, body);
    }

    /**
     * The same for a call that returns nothing.
     *
     * @throws CircuitOpenException if the circuit rejects it; then nothing ran
     */
    public <X extends Throwable> void run(ThrowingRunnable<X> body) throws X {
        CircuitDriver.<Boolean, X>call(this, () -> {
            body.run();
            return Boolean.TRUE;
        });
    }

    /**
     * Makes an asynchronous call through the circuit, once. It ends when its stage does, with the failure itself, or when
     * its owner cancels or completes the future; that cancels the stage.
     *
     * @throws CircuitOpenException if the circuit rejects it; then nothing ran
     * @throws X what the call throws before there is a stage
     */
    public <T extends @Nullable Object, X extends Throwable> CompletableFuture<T> callAsync(
            ThrowingCallable<? extends CompletionStage<T>, X> body) throws X {
        return CircuitDriver.callAsync(this, body);
    }

    /** What the circuit does with a call that comes now. */
    public CircuitState state() {
        return succession.current(time.nanoTime()).state;
    }

    /** The circuit at this moment. */
    public CircuitSnapshot snapshot() {
        long now = time.nanoTime();
        return succession.snapshot(succession.current(now), now);
    }

    /** Closes the circuit with an empty window, whatever its state. */
    public void reset() {
        succession.moveTo(CircuitTransitions.Target.RESET);
    }

    /** Rejects all calls until it is reset or disabled. */
    public void forceOpen() {
        force(InitialState.in(CircuitState.FORCED_OPEN));
    }

    /** Rejects all calls for a time above zero, and then probes. */
    public void forceOpen(Duration time) {
        force(InitialState.in(CircuitState.FORCED_OPEN, time, this.time.nanoTime()));
    }

    /** Lets all calls through until it is reset or forced open. */
    public void disable() {
        force(InitialState.in(CircuitState.DISABLED));
    }

    /** Lets all calls through for a time above zero, and is closed then, with an empty window. */
    public void disable(Duration time) {
        force(InitialState.in(CircuitState.DISABLED, time, this.time.nanoTime()));
    }

    private void force(InitialState beginning) {
        succession.moveTo(CircuitTransitions.Target.forced(beginning));
    }

    /** Begins a round of probes now. */
    public void halfOpen() {
        succession.moveTo(CircuitTransitions.Target.HALF_OPEN);
    }

    /**
     * Takes other settings from now on. The state, the counts that still apply, and the calls that are on their way live
     * on: a window of the same type keeps what its new size reaches into, an open time and a round of probes that have
     * begun keep their length and their number.
     */
    public void change(CircuitPolicy policy) {
        succession.change(Objects.requireNonNull(policy, "policy"));
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The settings. */
    public CircuitPolicy policy() {
        return succession.policy();
    }

    /** The clock. */
    public TimeSource time() {
        return time;
    }

    /** Whether the end of a successful call must be read from the clock, rather than be taken from its beginning. */
    public boolean isTimed() {
        return succession.isCounted() || policy().slowCallDuration() != null;
    }

    /**
     * Asks for a permit.
     *
     * @param nowNanos a reading of this circuit's clock
     * @return the permit, or null if the call must not be made
     */
    public @Nullable Permit tryAcquire(long nowNanos) {
        return succession.admit(nowNanos, false);
    }

    /**
     * Asks for a permit for a first attempt, which {@link BlockScope#RETRIES} lets through whatever the state. Where the
     * circuit has no place for it, its result is counted in the meters only.
     *
     * @param nowNanos a reading of this circuit's clock
     * @return the permit, or null if the call must not be made
     */
    public @Nullable Permit tryAcquireFirst(long nowNanos) {
        return succession.admit(nowNanos, true);
    }

    /**
     * Gives a permit back with what the call told.
     *
     * @param startedNanos the reading of this circuit's clock when the call began
     * @param nowNanos the reading when it ended; for a success of a circuit that isn't timed, the beginning will do
     */
    public void end(Permit permit, Signal signal, long startedNanos, long nowNanos) {
        succession.end((Generation) permit, signal, startedNanos, nowNanos);
    }

    /** The time until a call can be let through, in nanoseconds: 0 if one can now, {@link Long#MAX_VALUE} if never. */
    public long untilAdmittedNanos(long nowNanos) {
        return succession.untilAdmittedNanos(nowNanos);
    }

    /** The same for a call that waits since it was rejected: those who wait come back as they came, not together. */
    public long untilTurnNanos(long rejectedNanos, long nowNanos) {
        return succession.untilTurnNanos(rejectedNanos, nowNanos);
    }

    /** Whether it has opened since a call that waits was rejected. */
    public boolean isNewTo(long rejectedNanos, long nowNanos) {
        return succession.isNewTo(rejectedNanos, nowNanos);
    }

    /** What a rejected call gets. */
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
    /** Collects what a circuit is made of; all but the name is optional. */
    public static final class Builder {

        final String name;

        @Nullable
        String key;

        InitialState beginning = InitialState.in(CircuitState.CLOSED);
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
        /** One of several circuits, which begins in a state that it keeps by itself. */
        Builder keyed(String key, InitialState beginning) {
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

        /** Where the spread of the open time comes from; thread-safe. Default {@link ThreadLocalRandom}. */
        public Builder random(RandomGenerator random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /** What failures mean when the circuit works alone. Default {@link FailureBook#standard()}. */
        public Builder classifier(FailureClassifier classifier) {
            this.classifier = Objects.requireNonNull(classifier, "classifier");
            return this;
        }

        /** Is told of each change of state. */
        public Builder listener(CircuitListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /** Counts and times all calls. Off by default. */
        public Builder counters(CircuitCounters counters) {
            this.counters = Objects.requireNonNull(counters, "counters");
            return this;
        }

        /** The circuit, closed. */
        public Circuit build() {
            return new Circuit(this);
        }
    }
}
