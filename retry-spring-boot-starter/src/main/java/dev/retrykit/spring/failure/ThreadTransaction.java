package dev.retrykit.spring.failure;

import java.util.regex.Pattern;
import org.springframework.transaction.NoTransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transaction that Spring has bound to the calling thread. The status of an annotation's transaction shows whether
 * it is rollback-only; for a transaction of a template, only the bound connection or session does.
 */
public final class ThreadTransaction implements CallerTransaction {

    /** The resources that message brokers bind to a thread, such as {@code KafkaResourceHolder}. */
    private static final Pattern BROKERS = Pattern.compile("Kafka|Jms|Rabbit|Pulsar");

    /** Creates an accessor for the transaction of whichever thread calls it. */
    public ThreadTransaction() {}

    @Override
    public boolean isRollbackOnly() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && (isStatusRollbackOnly() || isResourceRollbackOnly());
    }

    @Override
    public boolean isOfData() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.getResourceMap().values().stream()
                        .anyMatch(
                                resource -> !BROKERS.matcher(resource.getClass().getSimpleName())
                                        .lookingAt());
    }

    private static boolean isStatusRollbackOnly() {
        try {
            TransactionStatus status = TransactionAspectSupport.currentTransactionStatus();
            return status.isRollbackOnly() && !isSuspended(status);
        } catch (NoTransactionException begunOtherwise) {
            return false;
        }
    }

    /** Whether a template has started another transaction, with another name, within that of the annotation. */
    private static boolean isSuspended(TransactionStatus status) {
        String current = TransactionSynchronizationManager.getCurrentTransactionName();
        return status.isNewTransaction() && !status.getTransactionName().equals(current == null ? "" : current);
    }

    private static boolean isResourceRollbackOnly() {
        return TransactionSynchronizationManager.getResourceMap().values().stream()
                .anyMatch(resource -> resource instanceof ResourceHolderSupport holder && holder.isRollbackOnly());
    }
}
