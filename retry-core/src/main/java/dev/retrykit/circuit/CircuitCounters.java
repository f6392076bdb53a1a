package dev.retrykit.circuit;

import dev.retrykit.failure.Signal;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts and times all calls through one or more circuits, including late results. Optional: pass an instance to
 * {@link Circuit.Builder#counters}. The cost is two striped adds and one clock reading per call.
 */
public final class CircuitCounters {

    private final LongAdder[] calls = adders();
    private final LongAdder[] nanos = adders();
    private final LongAdder rejected = new LongAdder();

    /** Creates counters that are all zero. */
    public CircuitCounters() {}

    /** The result of a call. */
    public enum Result {

        /** The call showed that the dependency works. */
        SUCCESS,

        /** The call failed, or was throttled. */
        FAILURE,

        /** The outcome says nothing about the dependency. */
        IGNORED;

        static Result of(Signal signal) {
            return switch (signal) {
                case SUCCESS -> SUCCESS;
                case FAILURE, THROTTLED -> FAILURE;
                case IGNORED, NONE -> IGNORED;
            };
        }
    }

    /** The number of calls with this result that were slow, or that were not. */
    public long calls(Result result, boolean slow) {
        return calls[index(result, slow)].sum();
    }

    /** The total duration of those calls, in nanoseconds. */
    public long nanos(Result result, boolean slow) {
        return nanos[index(result, slow)].sum();
    }

    /** The number of calls that were rejected, or would have been without a dry run. */
    public long rejected() {
        return rejected.sum();
    }

    void reject() {
        rejected.increment();
    }

    void add(Result result, boolean slow, long tookNanos) {
        int index = index(result, slow);
        calls[index].increment();
        nanos[index].add(tookNanos);
    }

    private static int index(Result result, boolean slow) {
        return result.ordinal() * 2 + (slow ? 1 : 0);
    }

    private static LongAdder[] adders() {
        LongAdder[] adders = new LongAdder[Result.values().length * 2];
        for (int i = 0; i < adders.length; i++) {
            adders[i] = new LongAdder();
        }
        return adders;
    }
}
