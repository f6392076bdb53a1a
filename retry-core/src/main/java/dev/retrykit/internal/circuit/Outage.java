package dev.retrykit.internal.circuit;

/**
 * A period in which a circuit was open, for the calls that wait for its end: they return in the order and at the rate
 * at which they arrived, not all at once.
 *
 * @param openedNanos when the circuit opened
 * @param closedNanos when the circuit closed; has no meaning before
 */
public record Outage(long openedNanos, long closedNanos) {

    public static Outage begin(long nowNanos) {
        return new Outage(nowNanos, nowNanos);
    }

    public Outage end(long nowNanos) {
        return new Outage(openedNanos, nowNanos);
    }

    /** The time from the turn of the first waiting call to the turn of this one. */
    public long lag(long rejectedNanos) {
        return Math.max(0, rejectedNanos - openedNanos);
    }

    /** How long a call still waits after the end of the outage that rejected it; 0 if another outage rejected it. */
    public long untilTurn(long rejectedNanos, long nowNanos) {
        boolean mine = rejectedNanos - openedNanos >= 0 && rejectedNanos - closedNanos < 0;
        return mine ? Math.max(0, closedNanos + lag(rejectedNanos) - nowNanos) : 0;
    }
}
