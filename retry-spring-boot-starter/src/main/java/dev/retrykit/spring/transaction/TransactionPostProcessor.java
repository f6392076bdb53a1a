package dev.retrykit.spring.transaction;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

/**
 * Lets attempts know what the application's transaction managers commit, those that it defines itself too, and rolls back
 * what attempts have half done at their time limit. Comes early: other post-processors need transactions.
 */
public final class TransactionPostProcessor implements BeanPostProcessor, PriorityOrdered {

    /** Before any manager is made. */
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
