package dev.retrykit;

import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;
import dev.retrykit.internal.report.CallCounters;

/**
 * Counts and times the calls of a policy. Optional: pass an instance to {@link Retry.Builder#counters}. The cost is two
 * striped adds and one clock reading per call. Thread-safe; counts start at zero and never decrease.
 */
public final class RetryCounters {

    /** Attempts are counted separately up to the third; the last bucket holds the fourth and all later ones. */
    public static final int ATTEMPT_BUCKETS = CallCounters.ATTEMPT_BUCKETS;

    final CallCounters counters = new CallCounters();

    /** Creates counters that are all zero. */
    public RetryCounters() {}

    /** The number of calls with this outcome. */
    public long calls(CallOutcome outcome) {
        return counters.calls(outcome);
    }

    /** The total duration of the calls with this outcome, including delays, in nanoseconds. */
    public long callNanos(CallOutcome outcome) {
        return counters.callNanos(outcome);
    }

    /**
     * The number of attempts with this result.
     *
     * @param bucket 1 to 3 for the first to the third attempt of a call, {@link #ATTEMPT_BUCKETS} for all later ones
     */
    public long attempts(int bucket, AttemptResult result) {
        return counters.attempts(bucket, result);
    }

    /** The number of attempts. */
    public long attempts() {
        return counters.attempts();
    }

    /** The number of calls that ended for this reason. */
    public long stops(StopReason reason) {
        return counters.stops(reason);
    }

    /** The number of delays from this source. */
    public long delays(DelaySource source) {
        return counters.delays(source);
    }

    /** The total planned duration of the delays from this source, in nanoseconds. */
    public long delayNanos(DelaySource source) {
        return counters.delayNanos(source);
    }
}
