package dev.retrykit.spring.idempotency.store.jdbc;

import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.resource.jdbc.spi.LogicalConnectionImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Finds the connection that an open Hibernate session holds for its thread. With open-in-view, that is the case from
 * the first query of a request to its end.
 *
 * <p>The only class that depends on JPA and Hibernate; it is not loaded without them.
 */
final class SessionConnection {

    private SessionConnection() {}

    /**
     * Returns the connection on a data source that takes part in no Spring transaction; null if the thread holds none.
     */
    static @Nullable Connection onThisThread(DataSource dataSource) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            return null;
        }
        for (Map.Entry<Object, Object> resource :
                TransactionSynchronizationManager.getResourceMap().entrySet()) {
            if (resource.getKey() instanceof EntityManagerFactoryInfo factory
                    && resource.getValue() instanceof EntityManagerHolder holder
                    && isOn(dataSource, factory)) {
                return held(holder);
            }
        }
        return null;
    }

    private static boolean isOn(DataSource dataSource, EntityManagerFactoryInfo factory) {
        DataSource own = factory.getDataSource();
        return own != null && FencePostProcessor.plain(own) == dataSource;
    }

    private static @Nullable Connection held(EntityManagerHolder holder) {
        try {
            LogicalConnectionImplementor connection = holder.getEntityManager()
                    .unwrap(SessionImplementor.class)
                    .getJdbcCoordinator()
                    .getLogicalConnection();
            return connection.isOpen() && connection.isPhysicallyConnected()
                    ? connection.getPhysicalConnection()
                    : null;
        } catch (PersistenceException | IllegalStateException another) {
            return null; // another provider, or a closed session
        }
    }
}
