package dev.retrykit.internal.drive;

/** Lets a checked exception through where its type was lost on the way. */
public final class SneakyThrow {

    private SneakyThrow() {}

    /** Never returns; the return type lets the caller write {@code throw}. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public static <X extends Throwable> X rethrow(Throwable failure) throws X {
        throw (X) failure;
    }
}
