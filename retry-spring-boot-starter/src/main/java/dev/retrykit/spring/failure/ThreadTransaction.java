package dev.retrykit.spring.failure;

import org.springframework.transaction.NoTransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transaction that Spring has bound to the thread. One that an annotation began tells itself; of one that a template
 * began only the connection or session that hangs on the thread does.
 */
public final class ThreadTransaction implements CallerTransaction {

    /** Of whichever thread asks. */
    public ThreadTransaction() {}

    @Override
    public boolean isRollbackOnly() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && (isStatusRollbackOnly() || isResourceRollbackOnly());
    }

    private static boolean isStatusRollbackOnly() {
        try {
            TransactionStatus status = TransactionAspectSupport.currentTransactionStatus();
            return status.isRollbackOnly() && !isSuspended(status);
        } catch (NoTransactionException begunOtherwise) {
            return false;
        }
    }

    /** A template has begun another one inside of the annotation's, and that bears another name. */
    private static boolean isSuspended(TransactionStatus status) {
        String current = TransactionSynchronizationManager.getCurrentTransactionName();
        return status.isNewTransaction() && !status.getTransactionName().equals(current == null ? "" : current);
    }

    private static boolean isResourceRollbackOnly() {
        return TransactionSynchronizationManager.getResourceMap().values().stream()
                .anyMatch(resource -> resource instanceof ResourceHolderSupport holder && holder.isRollbackOnly());
    }
}
