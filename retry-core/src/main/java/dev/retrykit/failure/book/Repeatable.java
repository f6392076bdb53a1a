package dev.retrykit.failure.book;

/**
 * What a policy lets happen twice.
 *
 * @param effects whether anything that an attempt did may
 * @param requests whether a request may that isn't idempotent by its HTTP method
 */
public record Repeatable(boolean effects, boolean requests) {

    /** Nothing that is known to be wrong twice. */
    public static final Repeatable NOTHING = new Repeatable(false, false);
}
