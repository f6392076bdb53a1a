package dev.retrykit;

import dev.retrykit.SideEffect.Kind;
import dev.retrykit.failure.book.Repeatable;

/**
 * What of an attempt may happen twice.
 *
 * @param idempotent whether whatever it does may
 * @param unsafeMethods whether what must not, unless a key goes with it, is repeated all the same
 * @param sendsKeys whether such requests get a key
 * @param watchesRequests whether attempts know which requests they send
 */
record RepeatRules(boolean idempotent, UnsafeMethods unsafeMethods, boolean sendsKeys, boolean watchesRequests) {

    /** Whether an effect may happen again. */
    boolean allow(Kind kind) {
        return switch (kind) {
            case COMMIT -> idempotent;
            case MISMATCHED_KEY, AMBIGUOUS_KEY, FORGOTTEN_KEY, WITHOUT_KEY -> allowRequest(false);
            case UNWATCHED -> !watchesRequests || allowRequest(false);
            case WITH_KEY -> allowRequest(true);
            case WATCHED -> true;
        };
    }

    /** What may happen twice, as far as a failure tells what has happened. */
    Repeatable repeatable() {
        return new Repeatable(idempotent, allowRequest(false));
    }

    private boolean allowRequest(boolean hasKey) {
        return switch (unsafeMethods) {
            case ALWAYS -> true;
            case NEVER -> false;
            case WITH_KEY -> hasKey || idempotent;
        };
    }
}
