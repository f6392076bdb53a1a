package dev.retrykit.spring.failure;

import org.springframework.transaction.NoTransactionException;
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
        try {
            return TransactionSynchronizationManager.isActualTransactionActive()
                    && (isStatusRollbackOnly() || isResourceRollbackOnly());
        } catch (RuntimeException unknown) {
            return false;
        }
    }

    private static boolean isStatusRollbackOnly() {
        try {
            return TransactionAspectSupport.currentTransactionStatus().isRollbackOnly();
        } catch (NoTransactionException begunOtherwise) {
            return false;
        }
    }

    private static boolean isResourceRollbackOnly() {
        return TransactionSynchronizationManager.getResourceMap().values().stream()
                .anyMatch(resource -> resource instanceof ResourceHolderSupport holder && holder.isRollbackOnly());
    }
}
