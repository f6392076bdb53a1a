package dev.retrykit.failure.book;

/**
 * The effects that a policy allows to happen twice.
 *
 * @param effects whether any effect of an attempt may
 * @param requests whether a request may whose HTTP method is not idempotent
 */
public record Repeatable(boolean effects, boolean requests) {

    /** Allows nothing that is known to be wrong twice. */
    public static final Repeatable NOTHING = new Repeatable(false, false);
}
