package dev.retrykit.internal.decision;

import dev.retrykit.event.SideEffect.Kind;
import dev.retrykit.failure.book.Repeatable;

/**
 * What of an attempt may happen twice.
 *
 * @param idempotent whether whatever it does may
 * @param withKey whether a request with an idempotency key may
 * @param withoutKey whether a request without one may
 * @param sendsKeys whether such requests get a key
 * @param watchesRequests whether attempts know which requests they send
 */
public record RepeatRules(
        boolean idempotent, boolean withKey, boolean withoutKey, boolean sendsKeys, boolean watchesRequests) {

    /** Whether an effect may happen again. */
    boolean allow(Kind kind) {
        return switch (kind) {
            case COMMIT -> idempotent;
            case MISMATCHED_KEY, AMBIGUOUS_KEY, FORGOTTEN_KEY, WITHOUT_KEY -> withoutKey;
            case UNWATCHED -> !watchesRequests || withoutKey;
            case WITH_KEY -> withKey;
            case WATCHED -> true;
        };
    }

    /** What may happen twice, as far as a failure tells what has happened. */
    public Repeatable repeatable() {
        return new Repeatable(idempotent, withoutKey);
    }
}
