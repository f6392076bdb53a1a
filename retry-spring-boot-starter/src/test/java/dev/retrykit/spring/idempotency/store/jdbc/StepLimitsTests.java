package dev.retrykit.spring.idempotency.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.retrykit.spring.idempotency.Servers;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What bounds the store's own statements stays on no connection that it shares with the application. */
@Tag("server")
class StepLimitsTests {

    private static final Duration KEEP = Duration.ofMinutes(5);

    private static List<DataSource> databases() {
        return List.of(Servers.h2(), Servers.postgres(), Servers.mariaDb());
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("databases")
    void leaveTheTimeoutsOfTheConnection(DataSource database) throws SQLException {
        HikariConfig one = new HikariConfig();
        one.setJdbcUrl(((HikariDataSource) database).getJdbcUrl());
        one.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(one)) {
            List<Integer> before = timeouts(pool);
            JdbcStore store = new JdbcStore(pool, () -> true, () -> {});
            Claim completed = claim(store, KEEP);
            store.complete(completed, null, KEEP);
            store.release(claim(store, KEEP), KEEP);
            Claim abandoned = claim(store, KEEP);
            store.abandon(abandoned);
            store.claim(request(Claim.of(abandoned.id()), KEEP));
            store.free(completed.id());
            store.purge();
            assertThat(timeouts(pool)).isEqualTo(before);
        }
    }

    private static Claim claim(JdbcStore store, Duration lease) {
        Claim claim = Claim.of(UUID.randomUUID().toString());
        store.claim(request(claim, lease));
        return claim;
    }

    private static ClaimRequest request(Claim claim, Duration lease) {
        return new ClaimRequest(claim, "print", lease, Duration.ZERO, KEEP);
    }

    /** Of the network, and of a statement that the application prepares. */
    private static List<Integer> timeouts(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement("select 1")) {
            return List.of(connection.getNetworkTimeout(), statement.getQueryTimeout());
        }
    }
}
