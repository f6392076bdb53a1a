package dev.retrykit.failure;

/**
 * Thrown when a later attempt is about to send a request that an earlier attempt may have sent under another
 * idempotency key. The request was not sent, and the call ends with {@code NOT_IDEMPOTENT}.
 */
public final class RequestMismatchException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * Created by the engine.
     *
     * @param request the request that was not sent
     * @param earlier the request of an earlier attempt, such as {@code POST /payments}
     */
    public RequestMismatchException(String request, String earlier) {
        super(
                request.equals(earlier)
                        ? request + " was not sent: its body or its idempotency key differs from that of " + earlier
                                + " in an earlier attempt, so it may be another request, or the same one again"
                        : request + " was not sent: an earlier attempt sent " + earlier
                                + ", which this attempt has not repeated, so the two may be the same request under two"
                                + " idempotency keys");
    }
}
