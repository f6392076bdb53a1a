package dev.retrykit.internal.drive;

/** Rethrows a checked exception whose static type was lost. */
public final class SneakyThrow {

    private SneakyThrow() {}

    /** Never returns; the return type lets the caller write {@code throw}. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public static <X extends Throwable> X rethrow(Throwable failure) throws X {
        throw (X) failure;
    }
}
