package dev.retrykit.spring.idempotency.store.jdbc;

import dev.retrykit.spring.transaction.CommitListener;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.util.ReflectionUtils;

/** Adds the fence to every transaction manager of a database, including those that the application defines. */
public final class FencePostProcessor implements BeanPostProcessor {

    /** Creates the post-processor before any transaction manager. */
    public FencePostProcessor() {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        DataSource dataSource = bean instanceof ConfigurableTransactionManager ? dataSource(bean) : null;
        if (dataSource != null && bean instanceof ConfigurableTransactionManager manager && !isFenced(manager)) {
            CommitListener commits = CommitListener.of(manager);
            Collection<TransactionExecutionListener> listeners =
                    new ArrayList<>(manager.getTransactionExecutionListeners());
            listeners.add(new TransactionFence(dataSource, commits));
            manager.setTransactionExecutionListeners(List.copyOf(listeners));
        }
        return bean;
    }

    private static boolean isFenced(ConfigurableTransactionManager manager) {
        return manager.getTransactionExecutionListeners().stream().anyMatch(TransactionFence.class::isInstance);
    }

    /**
     * Returns the data source on which a manager begins its transactions; null if there is none, or if the manager does
     * not expose it.
     */
    static @Nullable DataSource dataSource(Object manager) {
        Method getter = ReflectionUtils.findMethod(manager.getClass(), "getDataSource");
        return getter != null && ReflectionUtils.invokeMethod(getter, manager) instanceof DataSource found
                ? found
                : null;
    }

    /**
     * Returns the data source that transactions are bound to: a manager unwraps a proxy that only joins transactions.
     */
    static DataSource plain(DataSource dataSource) {
        DataSource inner =
                dataSource instanceof TransactionAwareDataSourceProxy proxy ? proxy.getTargetDataSource() : null;
        return inner == null ? dataSource : inner;
    }
}
