package dev.retrykit.internal.report;

import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.event.DelaySource;
import dev.retrykit.event.StopReason;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts and times the calls of a policy, at the cost of two striped adds and one clock reading per call. Thread-safe.
 */
public final class CallCounters {

    /** Attempts are counted separately up to the third; the last bucket holds the fourth and all later ones. */
    public static final int ATTEMPT_BUCKETS = 4;

    private static final int RESULTS = AttemptResult.values().length;

    private final LongAdder[] calls = adders(CallOutcome.values().length);
    private final LongAdder[] callNanos = adders(CallOutcome.values().length);
    private final LongAdder[] attempts = adders(ATTEMPT_BUCKETS * RESULTS);
    private final LongAdder[] stops = adders(StopReason.values().length);
    private final LongAdder[] delays = adders(DelaySource.values().length);
    private final LongAdder[] delayNanos = adders(DelaySource.values().length);

    /** The number of calls with this outcome. */
    public long calls(CallOutcome outcome) {
        return calls[outcome.ordinal()].sum();
    }

    /** The total duration of those calls, including delays, in nanoseconds. */
    public long callNanos(CallOutcome outcome) {
        return callNanos[outcome.ordinal()].sum();
    }

    /**
     * The number of attempts with this result.
     *
     * @param bucket 1 to 3 for the first to the third attempt of a call, {@link #ATTEMPT_BUCKETS} for all later ones
     */
    public long attempts(int bucket, AttemptResult result) {
        long later = attempts[index(bucket, result)].sum();
        return bucket == 1 && result == AttemptResult.SUCCESS ? calls(CallOutcome.SUCCESS) : later;
    }

    /** The number of attempts. */
    public long attempts() {
        long sum = calls(CallOutcome.SUCCESS);
        for (LongAdder adder : attempts) {
            sum += adder.sum();
        }
        return sum;
    }

    /** The number of calls that ended for this reason. */
    public long stops(StopReason reason) {
        return reason == StopReason.SUCCESS
                ? calls(CallOutcome.SUCCESS) + calls(CallOutcome.RECOVERED)
                : stops[reason.ordinal()].sum();
    }

    /** The number of delays from this source. */
    public long delays(DelaySource source) {
        return delays[source.ordinal()].sum();
    }

    /** The total planned duration of those delays, in nanoseconds. */
    public long delayNanos(DelaySource source) {
        return delayNanos[source.ordinal()].sum();
    }

    /** The only method on the path of a first attempt that succeeds; the other counts are derived from it. */
    void addSuccess(long tookNanos) {
        calls[CallOutcome.SUCCESS.ordinal()].increment();
        callNanos[CallOutcome.SUCCESS.ordinal()].add(tookNanos);
    }

    void addAttempt(int attempt, AttemptResult result) {
        attempts[index(Math.min(attempt, ATTEMPT_BUCKETS), result)].increment();
    }

    void addDelay(DelaySource source, long nanos) {
        delays[source.ordinal()].increment();
        delayNanos[source.ordinal()].add(nanos);
    }

    void addEnd(CallOutcome outcome, StopReason reason, long tookNanos) {
        calls[outcome.ordinal()].increment();
        callNanos[outcome.ordinal()].add(tookNanos);
        stops[reason.ordinal()].increment();
    }

    private static int index(int bucket, AttemptResult result) {
        return (bucket - 1) * RESULTS + result.ordinal();
    }

    private static LongAdder[] adders(int size) {
        LongAdder[] adders = new LongAdder[size];
        for (int i = 0; i < size; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }
}
