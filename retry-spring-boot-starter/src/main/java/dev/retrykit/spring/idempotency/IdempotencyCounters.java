package dev.retrykit.spring.idempotency;

import java.util.concurrent.atomic.LongAdder;

/** Counts the outcomes of requests with idempotency keys since startup. */
public final class IdempotencyCounters {

    /** The outcome of a request. */
    public enum Result {

        /** The call was executed. */
        EXECUTED,

        /** The stored response was replayed, or a message was skipped. */
        REPLAYED,

        /** Another request with the same key was in progress. */
        CONFLICT,

        /** The key had been used for a different request. */
        MISMATCH,

        /** The key was missing or invalid. */
        MISSING,

        /** The call had been executed, at least in part, and there was no response to replay. */
        TOMBSTONE,

        /** The call may have been executed by a holder that has disappeared. */
        UNKNOWN,

        /** The store was unavailable or full. */
        UNAVAILABLE,

        /** The claim was taken over during the call. */
        LOST
    }

    private final LongAdder[] counts = new LongAdder[Result.values().length];

    IdempotencyCounters() {
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Returns the number of requests with an outcome. */
    public long count(Result result) {
        return counts[result.ordinal()].sum();
    }

    /** Counts an outcome. */
    public void add(Result result) {
        counts[result.ordinal()].increment();
    }

    /** Counts the outcome of a decision. */
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
