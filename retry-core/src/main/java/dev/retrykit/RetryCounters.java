package dev.retrykit;

import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.failure.Verdict;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What became of all calls of a policy since the start. Optional: give one to {@link Retry.Builder#counters} to have it
 * filled, at the price of two striped adds and a clock reading per call.
 */
public final class RetryCounters {

    /** Attempts are counted apart up to the third; the last bucket holds the fourth and all later ones. */
    public static final int ATTEMPT_BUCKETS = 4;

    private static final int RESULTS = AttemptResult.values().length;

    private final LongAdder[] calls = adders(Outcome.values().length);
    private final LongAdder[] callNanos = adders(Outcome.values().length);
    private final LongAdder[] attempts = adders(ATTEMPT_BUCKETS * RESULTS);
    private final LongAdder[] stops = adders(StopReason.values().length);
    private final LongAdder[] delays = adders(DelaySource.values().length);
    private final LongAdder[] delayNanos = adders(DelaySource.values().length);

    /** All zero. */
    public RetryCounters() {}

    /** What became of a call. */
    public enum Outcome {

        /** Its first attempt succeeded. */
        SUCCESS,

        /** A later attempt succeeded. */
        RECOVERED,

        /** It failed. */
        FAILED,

        /** It ended before its first attempt. */
        REJECTED
    }

    /** What became of an attempt. */
    public enum AttemptResult {

        /** It succeeded. */
        SUCCESS,

        /** It failed, and trying again can help. */
        RETRYABLE,

        /** It failed, and trying again can't help. */
        PERMANENT,

        /** It was cut by its timeout. */
        TIMEOUT;

        static AttemptResult of(Verdict verdict, @Nullable Throwable failure) {
            if (failure instanceof AttemptTimeoutException) {
                return TIMEOUT;
            }
            return verdict.kind() == Verdict.Kind.RETRYABLE ? RETRYABLE : PERMANENT;
        }
    }

    /** How many calls ended so. */
    public long calls(Outcome outcome) {
        return calls[outcome.ordinal()].sum();
    }

    /** How long those calls took together, delays included, in nanoseconds. */
    public long callNanos(Outcome outcome) {
        return callNanos[outcome.ordinal()].sum();
    }

    /**
     * How many attempts ended so.
     *
     * @param bucket 1 to 3 for the first to the third attempt of a call, {@link #ATTEMPT_BUCKETS} for all later ones
     */
    public long attempts(int bucket, AttemptResult result) {
        long later = attempts[index(bucket, result)].sum();
        return bucket == 1 && result == AttemptResult.SUCCESS ? calls(Outcome.SUCCESS) : later;
    }

    /** How many attempts were made. */
    public long attempts() {
        long sum = calls(Outcome.SUCCESS);
        for (LongAdder adder : attempts) {
            sum += adder.sum();
        }
        return sum;
    }

    /** How many calls ended for this reason. */
    public long stops(StopReason reason) {
        return reason == StopReason.SUCCESS
                ? calls(Outcome.SUCCESS) + calls(Outcome.RECOVERED)
                : stops[reason.ordinal()].sum();
    }

    /** How many delays of this source began. */
    public long delays(DelaySource source) {
        return delays[source.ordinal()].sum();
    }

    /** How long those delays were to be together, in nanoseconds. */
    public long delayNanos(DelaySource source) {
        return delayNanos[source.ordinal()].sum();
    }

    /** The only method on the path of a first attempt that succeeds; the others are derived from it. */
    void addSuccess(long tookNanos) {
        calls[Outcome.SUCCESS.ordinal()].increment();
        callNanos[Outcome.SUCCESS.ordinal()].add(tookNanos);
    }

    void addAttempt(int attempt, AttemptResult result) {
        attempts[index(Math.min(attempt, ATTEMPT_BUCKETS), result)].increment();
    }

    void addDelay(DelaySource source, long nanos) {
        delays[source.ordinal()].increment();
        delayNanos[source.ordinal()].add(nanos);
    }

    void addEnd(Outcome outcome, StopReason reason, long tookNanos) {
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
