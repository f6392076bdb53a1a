package dev.retrykit.internal.decision;

import dev.retrykit.event.SideEffect.Kind;
import dev.retrykit.failure.book.Repeatable;

/**
 * The effects that an attempt may have twice.
 *
 * @param idempotent whether any effect may happen twice
 * @param withKey whether a request with an idempotency key may
 * @param withoutKey whether a request without a key may
 * @param sendsKeys whether such requests carry a key
 * @param watchesRequests whether attempts record the requests that they send
 */
public record RepeatRules(
        boolean idempotent, boolean withKey, boolean withoutKey, boolean sendsKeys, boolean watchesRequests) {

    /** Whether an effect of this kind may happen again. */
    boolean allow(Kind kind) {
        return switch (kind) {
            case COMMIT -> idempotent;
            case MISMATCHED_KEY, AMBIGUOUS_KEY, FORGOTTEN_KEY, WITHOUT_KEY -> withoutKey;
            case UNWATCHED -> !watchesRequests || withoutKey;
            case WITH_KEY -> withKey;
            case WATCHED -> true;
        };
    }

    /** The effects that may happen twice, as far as a failure shows them. */
    public Repeatable repeatable() {
        return new Repeatable(idempotent, withoutKey);
    }
}
