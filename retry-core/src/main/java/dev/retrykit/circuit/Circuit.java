package dev.retrykit.circuit;

import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.Signal;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.failure.ThrowingRunnable;
import dev.retrykit.failure.Verdict;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Stops calling a dependency that is down, probes it, and recovers. Thread-safe, and never locks.
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

    private static final AtomicReferenceFieldUpdater<Circuit, Generation> GENERATION =
            AtomicReferenceFieldUpdater.newUpdater(Circuit.class, Generation.class, "generation");

    private final String name;
    private final CircuitPolicy policy;
    private final TimeSource time;
    private final RandomGenerator random;
    private final FailureClassifier classifier;
    private final @Nullable CircuitListener listener;
    private final @Nullable CircuitCounters counters;
    private final boolean timed;
    private volatile Generation generation;
    private final LongAdder rejected = new LongAdder();

    private Circuit(Builder builder) {
        this.name = builder.name;
        this.policy = builder.policy;
        this.time = builder.time;
        this.random = builder.random;
        this.classifier = builder.classifier;
        this.listener = builder.listener;
        this.counters = builder.counters;
        this.timed = counters != null || policy.slowCallDuration() != null;
        this.generation = Generation.closed(policy, time.nanoTime());
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
        long started = time.nanoTime();
        Permit permit = acquire(started);
        Signal signal = Signal.NONE;
        try {
            T result = body.call();
            signal = Signal.SUCCESS;
            return result;
        } catch (Throwable failure) {
            signal = signal(failure);
            throw failure;
        } finally {
            end(permit, signal, started, signal == Signal.SUCCESS && !timed ? started : time.nanoTime());
        }
    }

    /**
     * Makes a call that returns nothing through the circuit, once.
     *
     * @throws CircuitOpenException if the circuit rejects it; then nothing ran
     * @throws X what the call throws
     */
    public <X extends Throwable> void run(ThrowingRunnable<X> body) throws X {
        Boolean ran = this.<Boolean, X>call(() -> {
            body.run();
            return Boolean.TRUE;
        });
        assert ran;
    }

    /**
     * Makes an asynchronous call through the circuit, once. It ends when its stage does.
     *
     * @throws CircuitOpenException if the circuit rejects it; then nothing ran
     * @throws X what the call throws before there is a stage
     */
    public <T extends @Nullable Object, X extends Throwable> CompletionStage<T> callAsync(
            ThrowingCallable<? extends CompletionStage<T>, X> body) throws X {
        long started = time.nanoTime();
        Permit permit = acquire(started);
        try {
            return body.call()
                    .whenComplete((result, failure) -> end(
                            permit,
                            failure == null ? Signal.SUCCESS : signal(Causes.unwrap(failure)),
                            started,
                            time.nanoTime()));
        } catch (Throwable failure) {
            end(permit, signal(failure), started, time.nanoTime());
            throw failure;
        }
    }

    /** What the circuit does with a call that comes now. */
    public CircuitState state() {
        return current(time.nanoTime()).state;
    }

    /** The circuit at this moment. */
    public CircuitSnapshot snapshot() {
        long now = time.nanoTime();
        return snapshot(current(now), now);
    }

    /** Closes the circuit with an empty window, whatever its state. */
    public void reset() {
        moveTo((from, now) -> Generation.closed(policy, now));
    }

    /** Rejects all calls until it is reset or disabled. */
    public void forceOpen() {
        moveTo((from, now) -> Generation.fixed(CircuitState.FORCED_OPEN, policy, from.tally(now)));
    }

    /** Lets all calls through until it is reset or forced open. */
    public void disable() {
        moveTo((from, now) -> Generation.fixed(CircuitState.DISABLED, policy, Tally.NONE));
    }

    /** Begins a round of probes now. */
    public void halfOpen() {
        moveTo((from, now) -> Generation.halfOpen(policy, 0, now));
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The settings. */
    public CircuitPolicy policy() {
        return policy;
    }

    /** The clock. */
    public TimeSource time() {
        return time;
    }

    /** Whether the end of a successful call must be read from the clock, rather than be taken from its beginning. */
    public boolean isTimed() {
        return timed;
    }

    /**
     * Asks for a permit.
     *
     * @param nowNanos a reading of this circuit's clock
     * @return the permit, or null if the call must not be made
     */
    public @Nullable Permit tryAcquire(long nowNanos) {
        Generation current = current(nowNanos);
        if (current.tryAdmit()) {
            return current;
        }
        rejected.increment();
        return null;
    }

    /**
     * Gives a permit back with what the call told.
     *
     * @param startedNanos the reading of this circuit's clock when the call began
     * @param nowNanos the reading when it ended; for a success of a circuit that isn't timed, the beginning will do
     */
    public void end(Permit permit, Signal signal, long startedNanos, long nowNanos) {
        boolean slow = nowNanos - startedNanos >= policy.slowNanos;
        if (counters != null) {
            counters.add(result(signal), slow, nowNanos - startedNanos);
        }
        Generation from = (Generation) permit;
        Generation to = from.afterResult(signal, slow, nowNanos, random);
        if (to != null) {
            move(from, to, nowNanos);
        }
    }

    /**
     * What a failure tells this circuit.
     *
     * @param signal what it tells in general
     */
    public Signal heed(Throwable failure, Signal signal) {
        return policy.ignore().isEmpty() || !Causes.anyInstance(failure, policy.ignore()) ? signal : Signal.IGNORED;
    }

    /** The time until a call can be let through, in nanoseconds: 0 if one can now, {@link Long#MAX_VALUE} if never. */
    public long untilAdmittedNanos(long nowNanos) {
        return current(nowNanos).untilAdmittedNanos(nowNanos);
    }

    /** What a rejected call gets. */
    public CircuitOpenException rejection(long nowNanos) {
        return new CircuitOpenException(name, untilAdmittedNanos(nowNanos));
    }

    private Permit acquire(long nowNanos) {
        Permit permit = tryAcquire(nowNanos);
        if (permit == null) {
            throw rejection(nowNanos);
        }
        return permit;
    }

    /** The generation that is in force now: an open time or a lease that is over ends here, with or without traffic. */
    private Generation current(long nowNanos) {
        while (true) {
            Generation seen = generation;
            Generation next = seen.afterTime(nowNanos);
            if (next == null) {
                return seen;
            }
            move(seen, next, nowNanos);
        }
    }

    private void moveTo(Target target) {
        long now = time.nanoTime();
        Generation seen = generation;
        while (!move(seen, target.from(seen, now), now)) {
            seen = generation;
        }
    }

    /** A result of an earlier generation moves nothing: the circuit isn't what it was seen to be. */
    private boolean move(Generation from, Generation to, long nowNanos) {
        if (!GENERATION.compareAndSet(this, from, to)) {
            return false;
        }
        if (listener != null && from.state != to.state) {
            tell(listener, from, to, nowNanos);
        }
        return true;
    }

    private void tell(CircuitListener told, Generation from, Generation to, long nowNanos) {
        try {
            told.onTransition(new CircuitListener.Transition(name, from.state, to.state, snapshot(to, nowNanos)));
        } catch (Throwable listenerFailed) {
            // a listener never changes what becomes of a call
        }
    }

    private CircuitSnapshot snapshot(Generation seen, long nowNanos) {
        Tally tally = seen.tally(nowNanos);
        boolean probes = seen.state == CircuitState.OPEN || seen.state == CircuitState.HALF_OPEN;
        return new CircuitSnapshot(
                name,
                seen.state,
                tally.calls(),
                tally.failures(),
                tally.slowCalls(),
                rejected.sum(),
                probes ? Optional.of(Duration.ofNanos(seen.untilAdmittedNanos(nowNanos))) : Optional.empty());
    }

    private Signal signal(Throwable failure) {
        try {
            Verdict verdict = classifier.classify(failure);
            return heed(failure, verdict == null ? Signal.FAILURE : verdict.signal());
        } catch (RuntimeException classifierFailed) {
            return Signal.FAILURE;
        }
    }

    private static Result result(Signal signal) {
        return switch (signal) {
            case SUCCESS -> Result.SUCCESS;
            case FAILURE, THROTTLED -> Result.FAILURE;
            case IGNORED, NONE -> Result.IGNORED;
        };
    }

    @Override
    public String toString() {
        return "Circuit[" + name + ": " + state() + "]";
    }

    @FunctionalInterface
    private interface Target {
        Generation from(Generation seen, long nowNanos);
    }

    /** Collects what a circuit is made of; all but the name is optional. */
    public static final class Builder {

        private final String name;
        private CircuitPolicy policy = CircuitPolicy.defaults();
        private TimeSource time = TimeSource.system();
        private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        private FailureClassifier classifier = FailureClassifier.jdk();
        private @Nullable CircuitListener listener;
        private @Nullable CircuitCounters counters;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** The settings. Default {@link CircuitPolicy#defaults()}. */
        public Builder policy(CircuitPolicy policy) {
            this.policy = policy;
            return this;
        }

        /** The clock. Default {@link TimeSource#system()}. */
        public Builder timeSource(TimeSource time) {
            this.time = time;
            return this;
        }

        /** Where the spread of the open time comes from; thread-safe. Default {@link ThreadLocalRandom}. */
        public Builder random(RandomGenerator random) {
            this.random = random;
            return this;
        }

        /** What failures mean when the circuit works alone. Default {@link FailureClassifier#jdk()}. */
        public Builder classifier(FailureClassifier classifier) {
            this.classifier = classifier;
            return this;
        }

        /** Is told of each change of state. */
        public Builder listener(CircuitListener listener) {
            this.listener = listener;
            return this;
        }

        /** Counts and times all calls. Off by default. */
        public Builder counters(CircuitCounters counters) {
            this.counters = counters;
            return this;
        }

        /** The circuit, closed. */
        public Circuit build() {
            return new Circuit(this);
        }
    }
}
