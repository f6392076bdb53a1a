package dev.retrykit.spring.transaction;

import jakarta.persistence.EntityManager;
import jakarta.persistence.RollbackException;
import java.lang.reflect.Method;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaDialect;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * JPA changes that are not yet written. JPA writes them during the commit, which is too late to check whether the
 * transaction has written.
 */
final class PendingEntities {

    private static final boolean JPA = isPresent("jakarta.persistence.EntityManager")
            && isPresent("org.springframework.orm.jpa.EntityManagerHolder");

    private PendingEntities() {}

    private static boolean isPresent(String type) {
        return ClassUtils.isPresent(type, PendingEntities.class.getClassLoader());
    }

    /**
     * Flushes them to the database.
     *
     * @throws DataAccessException if the database rejects them
     * @throws TransactionSystemException if they are rejected otherwise; then the transaction is rolled back
     */
    static void flush() {
        if (JPA) {
            TransactionSynchronizationManager.getResourceMap().forEach(Jpa::flush);
        }
    }

    /** Loaded only if JPA is present. */
    private static final class Jpa {

        private Jpa() {}

        static void flush(Object factory, Object resource) {
            if (resource instanceof EntityManagerHolder holder) {
                EntityManager entities = holder.getEntityManager();
                if (entities.isOpen() && entities.isJoinedToTransaction() && !isManual(entities)) {
                    flush(entities, factory);
                }
            }
        }

        /** Fails in the same way as the commit would. */
        private static void flush(EntityManager entities, Object factory) {
            try {
                entities.flush();
            } catch (RuntimeException failed) {
                JpaDialect dialect = factory instanceof EntityManagerFactoryInfo info ? info.getJpaDialect() : null;
                RuntimeException known =
                        dialect == null ? failed : DataAccessUtils.translateIfNecessary(failed, dialect);
                if (known instanceof DataAccessException) {
                    throw known;
                }
                // a transaction manager does not roll back on the following exception
                entities.getTransaction().rollback();
                throw new TransactionSystemException(
                        "Could not commit JPA transaction",
                        new RollbackException("Error while committing the transaction", failed));
            }
        }

        /** Hibernate's own flush mode, in which a commit writes nothing. */
        private static boolean isManual(EntityManager entities) {
            Object session = entities.getDelegate();
            Method getter = ReflectionUtils.findMethod(session.getClass(), "getHibernateFlushMode");
            return getter != null && "MANUAL".equals(String.valueOf(ReflectionUtils.invokeMethod(getter, session)));
        }
    }
}
