package dev.retrykit.spring.failure;

/** The transaction that a thread is in, if it is in one. */
public interface CallerTransaction {

    /** There is none, or nobody knows. */
    CallerTransaction NONE = () -> false;

    /** Whether all that is still done in it will be rolled back. */
    boolean isRollbackOnly();

    /** Whether it is one of data, such as a database's, and not of a message broker alone. */
    default boolean isOfData() {
        return false;
    }
}
