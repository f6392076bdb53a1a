package dev.retrykit.circuit;

/**
 * A time in which a circuit was open, for the calls that wait for its end: they come back in the order and at the pace at which
 * they came, not together.
 *
 * @param openedNanos when it opened
 * @param closedNanos when it closed; means nothing before
 */
record Outage(long openedNanos, long closedNanos) {

    static Outage begin(long nowNanos) {
        return new Outage(nowNanos, nowNanos);
    }

    Outage end(long nowNanos) {
        return new Outage(openedNanos, nowNanos);
    }

    /** How long after the first of those who wait a call's turn comes. */
    long lag(long rejectedNanos) {
        return Math.max(0, rejectedNanos - openedNanos);
    }

    /** How long a call waits yet after the end of the outage that rejected it; 0 for calls that this one didn't reject. */
    long untilTurn(long rejectedNanos, long nowNanos) {
        boolean mine = rejectedNanos - openedNanos >= 0 && rejectedNanos - closedNanos < 0;
        return mine ? Math.max(0, closedNanos + lag(rejectedNanos) - nowNanos) : 0;
    }
}
