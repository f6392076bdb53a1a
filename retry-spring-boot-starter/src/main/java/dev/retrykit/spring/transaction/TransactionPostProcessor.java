package dev.retrykit.spring.transaction;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

/**
 * Reports commits of all transaction managers, including the application's own, to attempts, and rolls back the work of
 * attempts that have timed out. Runs early, because other post-processors need transactions.
 */
public final class TransactionPostProcessor implements BeanPostProcessor, PriorityOrdered {

    /** Created before any transaction manager. */
    public TransactionPostProcessor() {}

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof ConfigurableTransactionManager manager && CommitListener.commitsSomething(manager)) {
            CommitListener.of(manager);
        }
        if (bean instanceof TransactionAspectSupport aspect) {
            TransactionAttributeSource source = aspect.getTransactionAttributeSource();
            if (source != null) {
                aspect.setTransactionAttributeSource(TimeoutRollback.over(source));
            }
        }
        return bean;
    }
}
