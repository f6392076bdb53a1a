package dev.retrykit.circuit;

/** How many calls ended, how many of them failed, and how many were slow. */
record CallCounts(long calls, long failures, long slowCalls) {

    static final CallCounts NONE = new CallCounts(0, 0, 0);
}
