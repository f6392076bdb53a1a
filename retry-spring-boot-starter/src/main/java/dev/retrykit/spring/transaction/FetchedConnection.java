package dev.retrykit.spring.transaction;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;
import org.hibernate.engine.spi.SessionImplementor;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.ConnectionProxy;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Checks whether the thread's transaction already has a connection. A {@code LazyConnectionDataSourceProxy}, and
 * Hibernate if the pool disables auto-commit, fetch it with the first statement.
 */
final class FetchedConnection {

    private static final boolean KNOWS_SESSIONS = isPresent("org.springframework.orm.jpa.EntityManagerHolder")
            && isPresent("org.hibernate.engine.spi.SessionImplementor");

    private FetchedConnection() {}

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, FetchedConnection.class.getClassLoader());
    }

    /** Whether the transaction has a connection, or this is unknown. The check itself fetches none. */
    static boolean isThere(DataSource dataSource) {
        if (KNOWS_SESSIONS && !Sessions.isConnected(dataSource)) {
            return false;
        }
        return !(TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder holder
                && isLazy(holder.getConnection()));
    }

    /** Calls the internal method of Spring's proxy, because any method of the connection would fetch one. */
    private static boolean isLazy(Connection connection) {
        if (!(connection instanceof ConnectionProxy) || !Proxy.isProxyClass(connection.getClass())) {
            return false;
        }
        InvocationHandler handler = Proxy.getInvocationHandler(connection);
        Method teller = ReflectionUtils.findMethod(handler.getClass(), "hasTargetConnection");
        if (teller == null) {
            return false;
        }
        ReflectionUtils.makeAccessible(teller);
        return Boolean.FALSE.equals(ReflectionUtils.invokeMethod(teller, handler));
    }

    /** Loaded only if Hibernate is present. */
    private static final class Sessions {

        private Sessions() {}

        static boolean isConnected(DataSource dataSource) {
            return TransactionSynchronizationManager.getResourceMap().entrySet().stream()
                    .noneMatch(resource -> resource.getKey() instanceof EntityManagerFactoryInfo factory
                            && resource.getValue() instanceof EntityManagerHolder holder
                            && dataSource.equals(factory.getDataSource())
                            && !isConnected(holder.getEntityManager()));
        }

        private static boolean isConnected(EntityManager entities) {
            try {
                return entities.unwrap(SessionImplementor.class)
                        .getJdbcCoordinator()
                        .getLogicalConnection()
                        .isPhysicallyConnected();
            } catch (PersistenceException | IllegalStateException another) {
                return true; // of another provider, or closed
            }
        }
    }
}
