package dev.retrykit;

import org.jspecify.annotations.Nullable;

/** A request of an attempt that carries an idempotency key. Thread-safe. */
public final class KeyedRequest {

    /** What became of a request. */
    public enum Outcome {

        /** The peer answered that it was carried out. */
        DONE,

        /** It was certainly not carried out. */
        NOT_DONE,

        /** It may have been carried out. */
        UNKNOWN
    }

    private final LogicalRequest request;
    private volatile @Nullable Outcome outcome;

    KeyedRequest(LogicalRequest request) {
        this.request = request;
        request.begin();
    }

    /** The key: a UUID of 36 characters, the same one in each attempt that sends this request. */
    public String key() {
        return request.key();
    }

    /**
     * The request has come to its end. Until then it is on its way, and another request of its kind is one that is sent
     * at the same time. A second call changes nothing.
     */
    public synchronized void ended(Outcome how) {
        if (outcome == null) {
            request.end(how);
            outcome = how;
        }
    }

    LogicalRequest request() {
        return request;
    }

    boolean hasEnded() {
        return outcome != null;
    }
}
