package dev.retrykit.spring.idempotency.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.retrykit.spring.idempotency.ClaimTimings;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.Servers;
import dev.retrykit.spring.idempotency.guard.StoreDownException;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

/** Steps that a database refuses: only where somebody else has the row is a key in flight. */
@Tag("server")
class RefusedStepTests {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration OVER = Duration.ofSeconds(-10);

    private final String id = UUID.randomUUID().toString();

    private enum Database {
        H2(Servers.h2()),
        POSTGRESQL(Servers.postgres()),
        MARIADB(Servers.mariaDb());

        private final DataSource source;

        Database(DataSource source) {
            this.source = source;
        }
    }

    private ClaimRequest request(Duration lease) {
        return new ClaimRequest(Claim.of(id), "print", lease, Duration.ZERO, LONG);
    }

    /** The key of a holder that is gone. */
    private void abandon(DataSource source) {
        JdbcStore store = new JdbcStore(source, () -> true, () -> {});
        assertThat(store.claim(request(OVER)).state()).isEqualTo(StoredState.State.CLAIMED);
    }

    /** Each connection is told something before it is used, and is in no pool of other tests. */
    private static DataSource told(DataSource source, String statement) {
        String url = ((HikariDataSource) source).getJdbcUrl();
        return new DelegatingDataSource(new DriverManagerDataSource(url)) {

            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                try (java.sql.Statement told = connection.createStatement()) {
                    told.execute(statement);
                }
                return connection;
            }
        };
    }

    /** As after a failover: the application's database is a replica now. */
    @ParameterizedTest
    @CsvSource({"POSTGRESQL, set default_transaction_read_only = on", "MARIADB, set session transaction read only"})
    void areFailuresOfTheStoreWhereNothingMayBeWritten(Database database, String readOnly) {
        abandon(database.source);
        JdbcStore store = new JdbcStore(told(database.source, readOnly), () -> true, () -> {});
        assertThatExceptionOfType(StatementRunner.SqlException.class).isThrownBy(() -> store.claim(request(LONG)));
        try (Idempotency idempotency = new Idempotency(store, TimeSource.system())) {
            assertThatExceptionOfType(StoreDownException.class)
                    .isThrownBy(() -> idempotency.open(id, "print", new ClaimTimings(LONG, LONG, Duration.ZERO, LONG)));
        }
        assertThat(new JdbcStore(database.source, () -> true, () -> {})
                        .claim(request(LONG))
                        .state())
                .isEqualTo(StoredState.State.CLAIMED);
    }

    @Test
    void areFailuresOfTheStoreWhereTheTableMayOnlyBeRead() {
        DataSource h2 = Servers.h2();
        abandon(h2);
        JdbcTemplate jdbc = new JdbcTemplate(h2);
        jdbc.execute("create user if not exists reader password 'reader'");
        jdbc.execute("grant select on retrykit_idempotency to reader");
        jdbc.execute("grant select on retrykit_idempotency_lease to reader");
        String url = ((HikariDataSource) h2).getJdbcUrl();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url.substring(0, url.indexOf(';')));
        config.setUsername("reader");
        config.setPassword("reader");
        try (HikariDataSource pool = new HikariDataSource(config)) {
            JdbcStore store = new JdbcStore(pool, () -> true, () -> {});
            assertThatExceptionOfType(StatementRunner.SqlException.class)
                    .isThrownBy(() -> store.claim(request(LONG)))
                    .withMessageContaining("Not enough rights");
        }
    }

    /** By a transaction that commits, as a holder's does that stands still before its commit. */
    @ParameterizedTest
    @EnumSource
    void areInFlightWhereATransactionHasTheRow(Database database) throws SQLException {
        abandon(database.source);
        try (Connection holder = database.source.getConnection()) {
            holder.setAutoCommit(false);
            try (PreparedStatement fence =
                    holder.prepareStatement("update retrykit_idempotency set state = 'COMMITTED' where id = ?")) {
                fence.setString(1, id);
                fence.executeUpdate();
            }
            JdbcStore store = new JdbcStore(database.source, () -> true, () -> {});
            assertThat(store.claim(request(LONG)).state()).isEqualTo(StoredState.State.IN_FLIGHT);
            holder.rollback();
            holder.setAutoCommit(true);
            assertThat(store.claim(request(LONG)).state()).isEqualTo(StoredState.State.CLAIMED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "55P03", "57014", "70100", "90131", "HYT00"})
    void areConflictsByState(String state) {
        assertThat(JdbcFailures.isLocked(new SQLException("conflict", state))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"HY000, 1205", "HY000, 3572", "HY000, 1020", "40001, 1213"})
    void areConflictsByNumber(String state, int code) {
        assertThat(JdbcFailures.isLocked(new SQLException("conflict", state, code)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"08006", "25006", "42501", "42P01", "53100", "53200", "54000", "58030", "XX000", "HY000", ""})
    void areNoConflictsByAnyOtherState(String state) {
        assertThat(JdbcFailures.isLocked(new SQLException("broken", state.isEmpty() ? null : state)))
                .isFalse();
    }

    private static HikariDataSource poolOfOne() {
        HikariConfig config = new HikariConfig();
        config.setDataSource(Servers.h2());
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(30_000);
        return new HikariDataSource(config);
    }

    /** The pool keeps its callers waiting for half a minute. The bound is what is tested. */
    @Test
    @Timeout(20)
    void waitForAConnectionOfALazyPoolForTwoSecondsAtMost() throws SQLException {
        try (HikariDataSource pool = poolOfOne()) {
            JdbcStore store = new JdbcStore(new LazyConnectionDataSourceProxy(pool), () -> true, () -> {});
            try (Connection only = pool.getConnection()) {
                assertThat(only.isValid(1)).isTrue();
                assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> store.claim(request(LONG)));
            }
            assertThat(store.claim(request(LONG)).state()).isEqualTo(StoredState.State.CLAIMED);
        }
    }

    /** Nothing is known about its tables then. */
    @Test
    @Timeout(20)
    void stopNoStartWhereThePoolIsEmpty() throws SQLException {
        try (HikariDataSource pool = poolOfOne();
                Connection only = pool.getConnection()) {
            assertThat(only.isValid(1)).isTrue();
            new JdbcStore(pool, () -> true, () -> {}).prepare();
        }
    }
}
