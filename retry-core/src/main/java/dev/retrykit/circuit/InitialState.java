package dev.retrykit.circuit;

import dev.retrykit.time.Nanos;
import java.time.Duration;

/**
 * A state that a circuit is put into, and keeps by itself.
 *
 * @param ends whether it is over after a time
 * @param untilNanos when it is over, if it is after a time
 */
record InitialState(CircuitState state, boolean ends, long untilNanos) {

    /** Until somebody changes it. */
    static InitialState in(CircuitState state) {
        return new InitialState(state, false, 0);
    }

    /**
     * For a time.
     *
     * @throws IllegalArgumentException if the time isn't above zero, or can't be counted in nanoseconds
     */
    static InitialState in(CircuitState state, Duration time, long nowNanos) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("time must be above 0, but was " + time);
        }
        return new InitialState(state, true, nowNanos + Nanos.of(time));
    }

    boolean isOver(long nowNanos) {
        return ends && nowNanos - untilNanos >= 0;
    }
}
