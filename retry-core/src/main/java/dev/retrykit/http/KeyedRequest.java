package dev.retrykit.http;

/** A request of an attempt that carries an idempotency key. Thread-safe. */
public interface KeyedRequest {

    /** The outcome of a request. */
    enum Outcome {

        /** The server responded that it carried out the request. */
        DONE,

        /** The request was certainly not carried out. */
        NOT_DONE,

        /** The request may have been carried out. */
        UNKNOWN
    }

    /** The idempotency key: the same one in each attempt that sends this request. */
    String key();

    /**
     * Reports that the request has ended. Until then it counts as in flight, and another request of its kind counts as
     * concurrent. Only the first invocation has an effect.
     */
    void ended(Outcome outcome);
}
