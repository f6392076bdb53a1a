package dev.retrykit.circuit;

/** The numbers of calls that ended, that failed, and that were slow. */
record CallCounts(long calls, long failures, long slowCalls) {

    static final CallCounts NONE = new CallCounts(0, 0, 0);
}
