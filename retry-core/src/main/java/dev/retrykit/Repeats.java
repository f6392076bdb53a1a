package dev.retrykit;

import dev.retrykit.SideEffect.Kind;

/**
 * What of an attempt may happen twice.
 *
 * @param idempotent whether whatever it does may
 * @param unsafeMethods whether what must not, unless a key goes with it, is repeated all the same
 * @param sendsKeys whether such requests get a key
 */
record Repeats(boolean idempotent, UnsafeMethods unsafeMethods, boolean sendsKeys) {

    /** Whether an effect may happen again. */
    boolean allow(Kind kind) {
        return kind == Kind.COMMIT ? idempotent : allowRequest(kind == Kind.WITH_KEY);
    }

    private boolean allowRequest(boolean hasKey) {
        return switch (unsafeMethods) {
            case ALWAYS -> true;
            case NEVER -> false;
            case WITH_KEY -> hasKey || idempotent;
        };
    }
}
