package dev.retrykit.circuit;

import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.failure.Signal;
import dev.retrykit.internal.circuit.CallCounts;
import dev.retrykit.internal.circuit.Transitions;
import dev.retrykit.time.Nanos;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Holds the current generation of a circuit and replaces it by one CAS against the value that was read. So if many
 * threads see the same reason for a transition, exactly one makes it.
 */
final class CircuitTransitions {

    private static final AtomicReferenceFieldUpdater<CircuitTransitions, Generation> GENERATION =
            AtomicReferenceFieldUpdater.newUpdater(CircuitTransitions.class, Generation.class, "generation");

    private final String name;
    private final @Nullable String key;
    private final TimeSource time;
    private final RandomGenerator random;
    private final @Nullable Transitions<CircuitListener.Transition> transitions;
    private final @Nullable CircuitCounters counters;
    private final LongAdder rejected = new LongAdder();
    private volatile Generation generation;

    CircuitTransitions(Circuit.Builder made, Generation first) {
        this.name = made.name;
        this.key = made.key;
        this.time = made.time;
        this.random = made.random;
        this.transitions = made.listener == null ? null : new Transitions<>(made.listener::onTransition);
        this.counters = made.counters;
        this.generation = first;
    }

    /** Returns the current generation: an open duration or a lease that is over ends here, with or without traffic. */
    Generation current(long nowNanos) {
        Generation seen = generation;
        if (!seen.isOver(nowNanos)) {
            return seen;
        }
        Generation current = renewed(nowNanos);
        tell();
        return current;
    }

    private Generation renewed(long nowNanos) {
        while (true) {
            Generation seen = generation;
            Generation next = seen.afterTime(nowNanos, random);
            if (next == null) {
                return seen;
            }
            replace(seen, next, nowNanos);
        }
    }

    /** Replaces the current generation, whatever it is. */
    void moveTo(Target target) {
        moveQuietlyTo(target);
        tell();
    }

    /** Replaces the current generation. The caller must {@link #tell} afterwards. */
    void moveQuietlyTo(Target target) {
        follow(target::after);
    }

    private void follow(Step step) {
        long now = time.nanoTime();
        Generation seen = renewed(now);
        while (!replace(seen, step.after(seen, now), now)) {
            seen = renewed(now);
        }
    }

    /** Computes the generation that follows the current one. */
    @FunctionalInterface
    private interface Step {

        Generation after(Generation seen, long nowNanos);
    }

    /** Notifies the listener of all transitions that it has not received yet. */
    void tell() {
        if (transitions != null) {
            transitions.tell();
        }
    }

    /** Changes the settings of the current generation. */
    void change(CircuitPolicy policy) {
        changeQuietly(policy);
        tell();
    }

    /**
     * Changes the settings of the current generation. Changes are serialized, because the permits of one generation can
     * follow only one of two changes. A result that arrives at the very moment of the change is counted, but its
     * consequence may be left to the next result. The caller must {@link #tell} afterwards.
     */
    synchronized void changeQuietly(CircuitPolicy policy) {
        follow((from, now) -> from.with(policy, now));
    }

    /** Whether all calls are counted and timed. */
    boolean isCounted() {
        return counters != null;
    }

    CircuitPolicy policy() {
        return generation.policy;
    }

    /** Does nothing if the old generation is no longer current. The listener is not notified yet. */
    private boolean replace(Generation from, Generation to, long nowNanos) {
        return transitions == null || from.state == to.state
                ? GENERATION.compareAndSet(this, from, to)
                : transitions.make(
                        () -> GENERATION.compareAndSet(this, from, to) ? transition(from, to, nowNanos) : null);
    }

    /** Admits a call, or counts its rejection; in a dry run, the count is the only effect. */
    @Nullable
    Permit admit(long nowNanos, boolean first) {
        Generation current = current(nowNanos);
        if (current.tryAdmit()) {
            if (current.watchesAdmissions) {
                watch(current, nowNanos);
            }
            return current;
        }
        boolean passes = first && current.policy.blocks() == BlockScope.RETRIES;
        if (!passes) {
            reject();
        }
        return passes || current.policy.isDryRun() ? Generation.unwatched(current.policy) : null;
    }

    private void watch(Generation current, long nowNanos) {
        Generation next = current.afterAdmission(nowNanos, random);
        if (next != null && replace(current, next, nowNanos)) {
            tell();
        }
    }

    private void reject() {
        rejected.increment();
        if (counters != null) {
            counters.reject();
        }
    }

    /** The time until a call can be admitted; a dry run admits all. */
    long untilAdmittedNanos(long nowNanos) {
        Generation current = current(nowNanos);
        return current.policy.isDryRun() ? 0 : current.untilAdmittedNanos(nowNanos);
    }

    /** The time until the turn of a waiting call. */
    long untilTurnNanos(long rejectedNanos, long nowNanos) {
        Generation current = current(nowNanos);
        return current.policy.isDryRun() ? 0 : current.untilTurnNanos(rejectedNanos, nowNanos);
    }

    boolean isNewTo(long rejectedNanos, long nowNanos) {
        return current(nowNanos).isNewTo(rejectedNanos);
    }

    /** Counts the result of a call, in the generation that admitted it. */
    void end(Generation admitted, Signal signal, long startedNanos, long nowNanos) {
        Generation from = admitted.latest();
        long ended = from.state == CircuitState.HALF_OPEN ? time.nanoTime() : nowNanos;
        boolean slow = ended - startedNanos >= from.policy.thresholds.slowNanos();
        if (counters != null) {
            counters.add(Result.of(signal), slow, ended - startedNanos);
        }
        if (from != admitted) {
            from.endOf(admitted);
        }
        Generation to = from.afterResult(signal, slow, startedNanos, ended, random);
        if (to != null && replace(from, to, ended)) {
            tell();
        }
    }

    CircuitSnapshot snapshot(Generation seen, long nowNanos) {
        CallCounts tally = seen.tally(nowNanos);
        long left = seen.leftNanos(nowNanos);
        boolean probes = left >= 0 && seen.state != CircuitState.DISABLED;
        return new CircuitSnapshot(
                name,
                seen.state,
                tally.calls(),
                tally.failures(),
                tally.slowCalls(),
                rejected.sum(),
                probes ? Optional.of(Duration.ofNanos(seen.untilAdmittedNanos(nowNanos))) : Optional.empty(),
                left >= 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty());
    }

    private CircuitListener.Transition transition(Generation from, Generation to, long nowNanos) {
        return new CircuitListener.Transition(
                name, Optional.ofNullable(key), from.state, to.state, snapshot(to, nowNanos), to.policy.isDryRun());
    }

    /**
     * A state that a circuit is put into manually.
     *
     * @param ends whether time ends it
     * @param untilNanos when it ends, if time ends it
     */
    record Target(CircuitState state, boolean ends, long untilNanos) {

        /** Closed, with an empty window. */
        static final Target RESET = lasting(CircuitState.CLOSED);

        /** A round of probes. */
        static final Target HALF_OPEN = lasting(CircuitState.HALF_OPEN);

        static final Target FORCED_OPEN = lasting(CircuitState.FORCED_OPEN);
        static final Target DISABLED = lasting(CircuitState.DISABLED);

        private static Target lasting(CircuitState state) {
            return new Target(state, false, 0);
        }

        /**
         * Returns this state for a limited time.
         *
         * @throws IllegalArgumentException if the time is not above zero
         */
        Target lasting(Duration time, long nowNanos) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("time must be above 0, but was " + time);
            }
            return new Target(state, true, nowNanos + Nanos.of(time));
        }

        /** Whether it decides about all calls, and has not ended yet. */
        boolean isForced(long nowNanos) {
            boolean forced = state == CircuitState.FORCED_OPEN || state == CircuitState.DISABLED;
            return forced && !(ends && nowNanos - untilNanos >= 0);
        }

        /** The generation that follows another one. */
        private Generation after(Generation seen, long nowNanos) {
            return switch (state) {
                case HALF_OPEN -> seen.halfOpened(nowNanos);
                case FORCED_OPEN, DISABLED -> seen.forced(this, nowNanos);
                default -> Generation.closed(seen.policy, nowNanos);
            };
        }
    }
}
