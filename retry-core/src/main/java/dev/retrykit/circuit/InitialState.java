package dev.retrykit.circuit;

import dev.retrykit.time.Nanos;
import java.time.Duration;

/**
 * A state that a circuit is put into and stays in without traffic.
 *
 * @param ends whether time ends it
 * @param untilNanos when it ends, if time ends it
 */
record InitialState(CircuitState state, boolean ends, long untilNanos) {

    /** A state that lasts until it is changed. */
    static InitialState in(CircuitState state) {
        return new InitialState(state, false, 0);
    }

    /**
     * A state that lasts for a time.
     *
     * @throws IllegalArgumentException if the time is not above zero
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
