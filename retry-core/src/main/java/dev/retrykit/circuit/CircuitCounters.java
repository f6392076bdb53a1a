package dev.retrykit.circuit;

import dev.retrykit.failure.Signal;
import java.util.concurrent.atomic.LongAdder;

/**
 * What came out of all calls through a circuit, or through several, since the start, late results included. Optional: give
 * one to {@link Circuit.Builder#counters} to have it filled, at the price of two striped adds and a clock reading per call.
 */
public final class CircuitCounters {

    private final LongAdder[] calls = adders();
    private final LongAdder[] nanos = adders();
    private final LongAdder rejected = new LongAdder();

    /** All zero. */
    public CircuitCounters() {}

    /** What came out of a call. */
    public enum Result {

        /** The dependency works. */
        SUCCESS,

        /** It fails. */
        FAILURE,

        /** The result says nothing. */
        IGNORED;

        static Result of(Signal signal) {
            return switch (signal) {
                case SUCCESS -> SUCCESS;
                case FAILURE, THROTTLED -> FAILURE;
                case IGNORED, NONE -> IGNORED;
            };
        }
    }

    /** How many calls had that result and were slow, or weren't. */
    public long calls(Result result, boolean slow) {
        return calls[index(result, slow)].sum();
    }

    /** How long those calls took together, in nanoseconds. */
    public long nanos(Result result, boolean slow) {
        return nanos[index(result, slow)].sum();
    }

    /** How many calls were rejected, or would have been but for a dry run. */
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
