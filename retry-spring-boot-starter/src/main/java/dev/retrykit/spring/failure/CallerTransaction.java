package dev.retrykit.spring.failure;

/** The transaction of a thread, if there is one. */
public interface CallerTransaction {

    /** No transaction, or none that is known. */
    CallerTransaction NONE = () -> false;

    /** Whether all further work in the transaction will be rolled back. */
    boolean isRollbackOnly();

    /** Whether the transaction covers data, such as a database, and not only a message broker. */
    default boolean isOfData() {
        return false;
    }
}
