package dev.retrykit.spring.failure;

import java.util.regex.Pattern;
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

    /** What hangs on a thread for a broker: {@code KafkaResourceHolder} and the like. */
    private static final Pattern BROKERS = Pattern.compile("Kafka|Jms|Rabbit|Pulsar");

    /** Of whichever thread asks. */
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
