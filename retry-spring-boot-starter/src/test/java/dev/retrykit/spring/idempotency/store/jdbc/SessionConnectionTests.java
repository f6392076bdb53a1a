package dev.retrykit.spring.idempotency.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.ClaimTimings;
import dev.retrykit.spring.idempotency.Digest;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyDecision;
import dev.retrykit.spring.idempotency.Servers;
import dev.retrykit.spring.idempotency.Waiting;
import dev.retrykit.spring.idempotency.guard.StoreDownException;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.time.TimeSource;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Claims of threads whose session holds one of few connections, as with open-in-view after a first query. */
@Tag("server")
@Timeout(60)
class SessionConnectionTests {

    private static final int REQUESTS = 50;
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final ClaimTimings HELD = new ClaimTimings(LONG, LONG, Duration.ZERO, LONG);

    private LocalContainerEntityManagerFactoryBean factory;
    private HikariDataSource pool;
    private Idempotency idempotency;
    private JdbcStore store;

    @Entity(name = "viewed")
    static class Viewed {

        @Id
        String id;
    }

    private void start(String database, int size) {
        pool = (HikariDataSource)
                switch (database) {
                    case "h2" -> Servers.ready("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "h2");
                    case "mariadb" -> Servers.ready(Servers.mariaDbUrl(), "mysql");
                    default -> Servers.ready(Servers.postgresUrl(), "postgresql");
                };
        pool.getHikariConfigMXBean().setMaximumPoolSize(size);
        pool.getHikariPoolMXBean().softEvictConnections();
        factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(pool);
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setPersistenceUnitName("views");
        factory.setManagedTypes(PersistenceManagedTypes.of(Viewed.class.getName()));
        factory.afterPropertiesSet();
        store = new JdbcStore(pool, () -> true, () -> {});
        idempotency = new Idempotency(store, TimeSource.system());
    }

    @AfterEach
    void stop() {
        idempotency.close();
        factory.destroy();
        pool.close();
    }

    /** A query first, then the claim, some work, and its end, all in one session. */
    private boolean request() {
        try (EntityManager session = Objects.requireNonNull(factory.getObject()).createEntityManager()) {
            TransactionSynchronizationManager.bindResource(factory.getObject(), new EntityManagerHolder(session));
            session.createNativeQuery("select 1").getSingleResult();
            String id = Digest.of(UUID.randomUUID().toString());
            ActiveClaim held = idempotency.open(id, "print", HELD).claim();
            Waiting.nanos(20_000_000);
            held.complete(Answer.none());
            return idempotency.open(id, "print", HELD).decision() == IdempotencyDecision.REPLAY;
        } finally {
            TransactionSynchronizationManager.unbindResource(factory.getObject());
        }
    }

    @ParameterizedTest
    @CsvSource({"h2,1", "h2,10", "postgres,1", "postgres,10"})
    void areMadeOnTheConnectionThatTheSessionHolds(String database, int size) throws Exception {
        start(database, size);
        ExecutorService threads = Executors.newFixedThreadPool(REQUESTS);
        List<Future<Boolean>> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(threads.submit(this::request));
        }
        for (Future<Boolean> each : requests) {
            assertThat(each.get()).isTrue();
        }
        threads.shutdown();
    }

    @ParameterizedTest
    @CsvSource({"h2", "postgres"})
    void areRefusedAtOnceWithinATransactionThatHoldsAConnection(String database) {
        start(database, 1);
        String id = Digest.of(UUID.randomUUID().toString());
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        transaction.executeWithoutResult(status -> assertThatExceptionOfType(StoreDownException.class)
                .isThrownBy(() -> idempotency.open(id, "print", HELD))
                .havingCause()
                .withMessageContaining("Start transactions inside the idempotent method"));
        assertThat(idempotency.open(id, "print", HELD).decision()).isEqualTo(IdempotencyDecision.EXECUTE);
    }

    /** While a backlog is removed, others get the only connection between two batches. */
    @ParameterizedTest
    @CsvSource({"h2", "postgres", "mariadb"})
    void getTheOnlyConnectionWhileABacklogIsRemoved(String database) {
        start(database, 1);
        JdbcTemplate jdbc = new JdbcTemplate(pool);
        jdbc.update("delete from retrykit_idempotency");
        String series = switch (database) {
            case "h2" -> "system_range(1, 20000)";
            case "mariadb" -> "seq_1_to_20000";
            default -> "generate_series(1, 20000)";
        };
        jdbc.update("insert into retrykit_idempotency (id, owner, state, fingerprint, lease_until, expires_at)"
                + " select concat('old-', n), 'gone', 'GONE', 'print', 0, 1 from "
                + (database.equals("mariadb") ? "(select seq as n from " + series + ") s" : series + " as s(n)"));
        List<Long> rowsBetween = new ArrayList<>();
        DataSource counting = new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
                if (rowsBetween.size() < 3) {
                    rowsBetween.add(jdbc.queryForObject("select count(*) from retrykit_idempotency", Long.class));
                }
                return super.getConnection();
            }
        };
        new JdbcStore(counting, () -> true, () -> {}).purge();
        assertThat(rowsBetween).filteredOn(rows -> rows > 0 && rows < 20_000).isNotEmpty();
        assertThat(jdbc.queryForObject("select count(*) from retrykit_idempotency", Long.class))
                .isZero();
    }
}
