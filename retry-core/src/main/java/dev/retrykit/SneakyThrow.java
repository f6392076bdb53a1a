package dev.retrykit;

/** Lets a checked exception through where its type was lost on the way. */
final class SneakyThrow {

    private SneakyThrow() {}

    /** Never returns; the return type lets the caller write {@code throw}. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> X rethrow(Throwable failure) throws X {
        throw (X) failure;
    }
}
