package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.mysql;
import static dev.retrykit.failures.DatabaseErrors.postgres;

import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.PessimisticLockException;
import jakarta.persistence.QueryTimeoutException;
import jakarta.persistence.RollbackException;
import jakarta.persistence.TransactionRequiredException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.eclipse.persistence.exceptions.CommunicationException;
import org.eclipse.persistence.exceptions.DatabaseException;
import org.eclipse.persistence.exceptions.ValidationException;
import org.hibernate.DetachedObjectException;
import org.hibernate.LazyInitializationException;
import org.hibernate.NonUniqueObjectException;
import org.hibernate.ObjectNotFoundException;
import org.hibernate.PersistentObjectException;
import org.hibernate.PropertyValueException;
import org.hibernate.QueryException;
import org.hibernate.SessionException;
import org.hibernate.StaleObjectStateException;
import org.hibernate.StaleStateException;
import org.hibernate.TransientObjectException;
import org.hibernate.dialect.lock.OptimisticEntityLockException;
import org.hibernate.dialect.lock.PessimisticEntityLockException;
import org.hibernate.exception.AuthException;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.DataException;
import org.hibernate.exception.GenericJDBCException;
import org.hibernate.exception.JDBCConnectionException;
import org.hibernate.exception.LockAcquisitionException;
import org.hibernate.exception.SQLGrammarException;
import org.hibernate.exception.SnapshotIsolationException;
import org.hibernate.exception.TransactionSerializationException;
import org.hibernate.jdbc.TooManyRowsAffectedException;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.JpaSystemException;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;

/** What failures of Jakarta Persistence mean, raw and as Spring translates them, with Hibernate and EclipseLink underneath. */
class PersistenceTests extends BookTests {

    private static final SQLException UNCLEAR = new SQLException("?", "HY000");

    static Stream<Row> rows() {
        return Stream.of(jakarta(), hibernate(), mistakes(), springs(), eclipseLink())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> jakarta() {
        Exception lost = new JDBCConnectionException("Unable to commit", postgres("08006"));
        return Stream.of(
                row("JPA: optimistic lock", new OptimisticLockException(new StaleStateException("?")), "transient"),
                row("JPA: pessimistic lock", new PessimisticLockException("?"), "transient"),
                row("JPA: lock timeout", new LockTimeoutException("?"), "transient"),
                row("JPA: query timeout", new QueryTimeoutException("?"), "transient"),
                row("JPA: lock timeout around 53300", new LockTimeoutException(postgres("53300")), "throttled"),
                row(
                        "JPA: rolled back, 40001",
                        new RollbackException("?", new PersistenceException(postgres("40001"))),
                        "transient"),
                row(
                        "JPA: rolled back, 23505",
                        new RollbackException("?", new PersistenceException(postgres("23505"))),
                        "answered"),
                row("JPA: rolled back, lost", new RollbackException("?", lost), "transient"),
                row("JPA: marked as rollback-only", new RollbackException("?"), "permanent"),
                row("JPA: entity exists", new EntityExistsException("?"), "answered"),
                row("JPA: entity not found", new EntityNotFoundException("?"), "answered"),
                row("JPA: no result", new NoResultException("?"), "answered"),
                row("JPA: several results", new NonUniqueResultException("?"), "answered"),
                row("JPA: no transaction", new TransactionRequiredException("?"), "neutral"),
                row("JPA: around 57P01", new PersistenceException(postgres("57P01")), "transient"),
                row("JPA: around nothing", new PersistenceException("?"), "unknown"));
    }

    private static Stream<Row> hibernate() {
        return Stream.of(
                row("Hibernate: stale state", new StaleStateException("?"), "transient"),
                row("Hibernate: stale object", new StaleObjectStateException("Order", 7), "transient"),
                row("Hibernate: lock", new LockAcquisitionException("?", UNCLEAR), "transient"),
                row(
                        "Hibernate: lock timeout",
                        new org.hibernate.exception.LockTimeoutException("?", UNCLEAR),
                        "transient"),
                row(
                        "Hibernate: pessimistic lock",
                        new org.hibernate.PessimisticLockException("?", UNCLEAR),
                        "transient"),
                row(
                        "Hibernate: pessimistic entity lock",
                        new PessimisticEntityLockException(7, "?", null),
                        "transient"),
                row("Hibernate: optimistic entity lock", new OptimisticEntityLockException(7, "?"), "transient"),
                row(
                        "Hibernate: query timeout",
                        new org.hibernate.QueryTimeoutException("?", UNCLEAR, "?"),
                        "transient"),
                row("Hibernate: connection", new JDBCConnectionException("?", UNCLEAR), "transient"),
                row("Hibernate: connection, 53300", new JDBCConnectionException("?", postgres("53300")), "throttled"),
                row(
                        "Hibernate: connection, 08007",
                        new JDBCConnectionException("?", postgres("08007")),
                        "unknown-effect"),
                row("Hibernate: serialization", new TransactionSerializationException("?", UNCLEAR), "transient"),
                row("Hibernate: snapshot isolation", new SnapshotIsolationException("?", UNCLEAR, "?"), "transient"),
                row("Hibernate: constraint", new ConstraintViolationException("?", UNCLEAR, "uk_order"), "answered"),
                row(
                        "Hibernate: constraint around 40001",
                        new ConstraintViolationException("?", postgres("40001"), "?"),
                        "transient"),
                row("Hibernate: data", new DataException("?", UNCLEAR), "answered"),
                row("Hibernate: grammar", new SQLGrammarException("?", UNCLEAR), "answered"),
                row("Hibernate: authentication", new AuthException("?", UNCLEAR), "neutral"),
                row("Hibernate: generic around 55P03", new GenericJDBCException("?", postgres("55P03")), "transient"),
                row(
                        "Hibernate: generic around MySQL 1040",
                        new GenericJDBCException("?", mysql(1040, "08004")),
                        "throttled"),
                row("Hibernate: generic", new GenericJDBCException("?", UNCLEAR), "unknown"),
                row("Hibernate: no such row", new ObjectNotFoundException((Object) 7, "Order"), "answered"),
                row("Hibernate: several results", new org.hibernate.NonUniqueResultException(2), "answered"),
                row("Hibernate: too many rows", new TooManyRowsAffectedException("?", 1, 2), "answered"));
    }

    private static Stream<Row> mistakes() {
        return Stream.of(
                row("Hibernate: lazy, no session", new LazyInitializationException("?"), "neutral"),
                row("Hibernate: two objects of one id", new NonUniqueObjectException(7, "Order"), "neutral"),
                row("Hibernate: transient object", new TransientObjectException("?"), "neutral"),
                row("Hibernate: detached object", new DetachedObjectException("?"), "neutral"),
                row("Hibernate: persistent object", new PersistentObjectException("?"), "neutral"),
                row("Hibernate: null in a property", new PropertyValueException("?", "Order", "sku"), "neutral"),
                row("Hibernate: session is closed", new SessionException("Session is closed"), "neutral"),
                row("Hibernate: query", new QueryException("?"), "neutral"));
    }

    private static Stream<Row> springs() {
        return Stream.of(
                spring("57P01", new JDBCConnectionException("?", postgres("57P01")), "transient"),
                spring("08006", new JDBCConnectionException("?", postgres("08006")), "transient"),
                spring("53300", new GenericJDBCException("?", postgres("53300")), "throttled"),
                spring("55P03", new org.hibernate.PessimisticLockException("?", postgres("55P03")), "transient"),
                spring("40001", new LockAcquisitionException("?", postgres("40001")), "transient"),
                spring("40003", new LockAcquisitionException("?", postgres("40003")), "unknown-effect"),
                spring("23505", new ConstraintViolationException("?", postgres("23505"), "uk_order"), "answered"),
                spring("42601", new SQLGrammarException("?", postgres("42601")), "answered"),
                spring("22001", new DataException("?", postgres("22001")), "answered"),
                spring("a stale object", new StaleObjectStateException("Order", 7), "transient"),
                spring(
                        "a stale object, by JPA",
                        new OptimisticLockException(new StaleObjectStateException("Order", 7)),
                        "transient"),
                spring("a missing object", new ObjectNotFoundException((Object) 7, "Order"), "answered"),
                spring("no transaction", new TransactionRequiredException("?"), "neutral"),
                row("Spring, without Hibernate: not found", converted(new EntityNotFoundException("?")), "answered"),
                row("Spring, without Hibernate: lock", converted(new PessimisticLockException("?")), "transient"),
                row(
                        "Spring: JPA's system exception around 57P03",
                        new JpaSystemException(new PersistenceException(postgres("57P03"))),
                        "transient"));
    }

    private static Stream<Row> eclipseLink() {
        ValidationException mistake = ValidationException.noTablesToCreate(null);
        return Stream.of(
                row("EclipseLink: 57P01", DatabaseException.sqlException(postgres("57P01")), "transient"),
                row("EclipseLink: 53300", DatabaseException.sqlException(postgres("53300")), "throttled"),
                row("EclipseLink: 23505", DatabaseException.sqlException(postgres("23505")), "answered"),
                row("EclipseLink: nothing known", DatabaseException.sqlException(UNCLEAR), "unknown"),
                row(
                        "EclipseLink, JPA: 40001",
                        new RollbackException("?", DatabaseException.sqlException(postgres("40001"))),
                        "transient"),
                row(
                        "EclipseLink: stale",
                        org.eclipse.persistence.exceptions.OptimisticLockException.batchStatementExecutionFailure(),
                        "transient"),
                row("EclipseLink: communication", CommunicationException.errorSendingMessage("?", null), "transient"),
                row("EclipseLink: mistake", mistake, "neutral"));
    }

    private static Row spring(String what, RuntimeException failure, String expected) {
        RuntimeException translated = new HibernateJpaDialect().translateExceptionIfPossible(failure);
        return row("Spring: " + what + " as " + translated.getClass().getSimpleName(), translated, expected);
    }

    private static RuntimeException converted(RuntimeException failure) {
        return EntityManagerFactoryUtils.convertJpaAccessExceptionIfPossible(failure);
    }
}
