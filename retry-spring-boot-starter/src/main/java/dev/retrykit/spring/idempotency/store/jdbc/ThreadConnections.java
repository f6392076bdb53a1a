package dev.retrykit.spring.idempotency.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/** Tracks the connections of a thread: a thread must not wait for a connection while it holds one. */
final class ThreadConnections {

    private static final boolean KNOWS_SESSIONS = isPresent("org.springframework.orm.jpa.EntityManagerHolder")
            && isPresent("org.hibernate.engine.spi.SessionImplementor");

    private final DataSource dataSource;
    private final boolean isRouted;

    ThreadConnections(DataSource dataSource) {
        this.dataSource = dataSource;
        this.isRouted = isRouted(dataSource);
    }

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, ThreadConnections.class.getClassLoader());
    }

    /** Whether the target database can depend on the thread. */
    private static boolean isRouted(@Nullable DataSource dataSource) {
        return dataSource instanceof AbstractRoutingDataSource
                || dataSource instanceof DelegatingDataSource outer && isRouted(outer.getTargetDataSource());
    }

    /** Returns the connection that the thread holds without a transaction; null if it holds none. */
    @Nullable
    Connection held() throws SQLException {
        return KNOWS_SESSIONS ? SessionConnection.onThisThread(dataSource) : null;
    }

    /**
     * Whether a step must run on the calling thread.
     *
     * @throws IllegalStateException if the thread is in a transaction, whose connection cannot be used
     */
    boolean isThreadBound() {
        if (TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder) {
            throw new IllegalStateException(
                    "The thread is in a transaction on the data source of idempotency keys, and would wait"
                            + " for a second connection while it holds one. Start transactions inside the idempotent"
                            + " method, not around it.");
        }
        try {
            return isRouted || held() != null;
        } catch (SQLException broken) {
            return false;
        }
    }
}
