package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.idempotency.IdempotencyDecision;
import dev.retrykit.spring.server.Problem;
import java.time.Duration;

/** What a request is answered that isn't carried out, and has no answer to be given again. */
public final class Refusals {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofSeconds(5);

    private Refusals() {}

    /** For what the key itself is refused for. */
    static Problem of(KeyHeader key, String header) {
        return key instanceof KeyHeader.Invalid invalid
                ? Problem.never(400, "The header " + header + " can't be used: " + invalid.rule() + ".")
                : Problem.never(
                        400,
                        "The header " + header + " is missing: send a new value with each new request, and the"
                                + " same one with each repeat.");
    }

    /** For what was found under the key. */
    static Problem of(IdempotencyDecision decision, String id) {
        return switch (decision) {
            case MISMATCH -> Problem.never(422, "This idempotency key was used for another request.");
            case CONFLICT ->
                Problem.later(409, SOON, "A request with this idempotency key is being carried out at the moment.");
            case TOMBSTONE -> Problem.never(409, "This request was carried out, and its answer isn't kept.");
            case PARTIAL ->
                Problem.never(
                        409,
                        "This request may have been carried out in part, and its answer isn't kept. It is held under "
                                + id + ".");
            case UNKNOWN ->
                Problem.never(409, "Whether this request was carried out isn't known. It is held under " + id + ".");
            default -> throw new IllegalArgumentException("a request isn't refused for " + decision);
        };
    }

    /** The store is down. */
    static Problem storeDown() {
        return Problem.later(503, LATER, "Whether this request is a repeat can't be found out at the moment.");
    }

    /** Another one took its claim over. */
    public static Problem lost() {
        return Problem.later(409, SOON, "A repeat of this request took its place. Ask again for the answer.");
    }

    /** Nobody knows whose key it is. */
    static Problem nobody() {
        return Problem.never(403, "An idempotency key is its caller's, and who is calling isn't known.");
    }

    /** A part of the scope has no value. */
    static Problem noScope(String missing) {
        return Problem.never(400, missing + " is missing that says whose idempotency key this is.");
    }

    /** What the handler would read is gone. */
    static Problem unreadable() {
        return Problem.never(
                400,
                "The body of this request was read before it reached its endpoint, so whether it is a repeat can't be"
                        + " found out.");
    }

    /** The body says that it is a form, and is none. */
    static Problem undecodable() {
        return Problem.never(400, "The form in the body of this request can't be decoded.");
    }

    /** The body is too large. */
    static Problem tooLarge(int most) {
        return Problem.never(413, "A request with an idempotency key has a body of " + most + " bytes at the most.");
    }
}
