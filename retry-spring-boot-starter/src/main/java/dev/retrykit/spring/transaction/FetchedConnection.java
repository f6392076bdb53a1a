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
 * Whether the thread's transaction has a connection already. A {@code LazyConnectionDataSourceProxy}, and Hibernate where the
 * pool's connections don't commit by themselves, fetch it with the first statement.
 */
final class FetchedConnection {

    private static final boolean KNOWS_SESSIONS = isPresent("org.springframework.orm.jpa.EntityManagerHolder")
            && isPresent("org.hibernate.engine.spi.SessionImplementor");

    private FetchedConnection() {}

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, FetchedConnection.class.getClassLoader());
    }

    /** Whether it has; also if that isn't known. Asking fetches none. */
    static boolean isThere(DataSource dataSource) {
        if (KNOWS_SESSIONS && !Sessions.isConnected(dataSource)) {
            return false;
        }
        return !(TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder holder
                && isLazy(holder.getConnection()));
    }

    /** By the method of Spring's proxy that tells: every method of a connection that could would fetch one. */
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

    /** Loaded only where Hibernate is. */
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
