package dev.retrykit.internal.circuit;

/** The numbers of calls that ended, that failed, and that were slow. */
public record CallCounts(long calls, long failures, long slowCalls) {

    public static final CallCounts NONE = new CallCounts(0, 0, 0);
}
