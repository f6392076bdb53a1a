package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.idempotency.IdempotencyDecision;
import dev.retrykit.spring.idempotency.endpoint.content.KeyHeader;
import dev.retrykit.spring.server.Problem;
import java.time.Duration;

/** Responses to requests that are not executed and get no replay. */
public final class Refusals {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofSeconds(5);

    private Refusals() {}

    /** Refuses a request because of its key alone. */
    static Problem of(KeyHeader key, String header) {
        return key instanceof KeyHeader.Invalid invalid
                ? Problem.never(400, "The header " + header + " is invalid: " + invalid.rule() + ".")
                : Problem.never(
                        400,
                        "The header " + header
                                + " is missing. Send a new value with each new request, and the same value with each"
                                + " repeat.");
    }

    /** Refuses a request because of the state stored for its key. */
    static Problem of(IdempotencyDecision decision, String id) {
        return switch (decision) {
            case MISMATCH -> Problem.never(422, "This idempotency key was used for a different request.");
            case CONFLICT -> Problem.later(409, SOON, "A request with this idempotency key is in progress.");
            case TOMBSTONE -> Problem.never(409, "This request was executed, but its response was not stored.");
            case PARTIAL ->
                Problem.never(
                        409,
                        "This request may have been executed in part, and its response was not stored. The key is"
                                + " held under "
                                + id + ".");
            case UNKNOWN ->
                Problem.never(
                        409, "It is unknown whether this request was executed. The key is held under " + id + ".");
            default -> throw new IllegalArgumentException("a request is not refused for " + decision);
        };
    }

    /** Refuses a request because the store is unavailable. */
    static Problem storeDown() {
        return Problem.later(503, LATER, "It is currently not possible to determine whether this request is a repeat.");
    }

    /** Responds to a request whose claim was taken over by another one. */
    public static Problem lost() {
        return Problem.later(
                409, SOON, "A repeat of this request took its place. Repeat the request to get the response.");
    }

    /** Refuses a request because the owner of the key is unknown. */
    static Problem unknownCaller() {
        return Problem.never(
                403, "An idempotency key belongs to its caller, and the caller of this request is unknown.");
    }

    /** Refuses a request because a part of the scope has no value. */
    static Problem noScope(String missing) {
        return Problem.never(400, missing + " is missing. It determines the owner of the idempotency key.");
    }

    /** Refuses a request because its body has been read already. */
    static Problem unreadable() {
        return Problem.never(
                400,
                "The body of this request was read before it reached its endpoint, so it is not possible"
                        + " to determine whether it is a repeat.");
    }

    /** Refuses a request that declares a form body but does not contain one. */
    static Problem undecodable() {
        return Problem.never(400, "The form in the body of this request cannot be decoded.");
    }

    /** Refuses a request because its body is too large. */
    static Problem tooLarge(int most) {
        return Problem.never(
                413, "The body of a request with an idempotency key must have at most " + most + " bytes.");
    }
}
