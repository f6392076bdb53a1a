package dev.retrykit.spring.idempotency;

import java.util.concurrent.atomic.LongAdder;

/** What became of requests with keys, since the start. */
public final class IdempotencyCounters {

    /** What became of one. */
    public enum Result {

        /** It was carried out. */
        EXECUTED,

        /** The kept answer was given again, or a message was skipped. */
        REPLAYED,

        /** It came while another one with its key was being carried out. */
        CONFLICT,

        /** Its key was another request's. */
        MISMATCH,

        /** It had no key, or none that can be one. */
        MISSING,

        /** It had been carried out, at least in part, and there was no answer to give again. */
        TOMBSTONE,

        /** It may have been carried out by somebody who is gone. */
        UNKNOWN,

        /** The store was down or full. */
        UNAVAILABLE,

        /** Its claim was taken over while it was being carried out. */
        LOST
    }

    private final LongAdder[] counts = new LongAdder[Result.values().length];

    IdempotencyCounters() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** How many there were. */
    public long count(Result result) {
        return counts[result.ordinal()].sum();
    }

    /** One more. */
    public void add(Result result) {
        counts[result.ordinal()].increment();
    }

    /** One more. */
    public void add(IdempotencyDecision decision) {
        add(
                switch (decision) {
                    case EXECUTE -> Result.EXECUTED;
                    case REPLAY -> Result.REPLAYED;
                    case CONFLICT -> Result.CONFLICT;
                    case MISMATCH -> Result.MISMATCH;
                    case MISSING, INVALID -> Result.MISSING;
                    case TOMBSTONE, PARTIAL -> Result.TOMBSTONE;
                    case UNKNOWN -> Result.UNKNOWN;
                });
    }
}
