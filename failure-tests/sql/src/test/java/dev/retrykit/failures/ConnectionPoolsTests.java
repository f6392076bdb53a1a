package dev.retrykit.failures;

import static dev.retrykit.failures.DatabaseErrors.made;
import static dev.retrykit.failures.DatabaseErrors.oracle;
import static dev.retrykit.failures.DatabaseErrors.postgres;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.stream.Stream;
import javax.sql.DataSource;
import oracle.ucp.NoAvailableConnectionsException;
import oracle.ucp.UniversalConnectionPoolException;
import oracle.ucp.jdbc.PoolDataSource;
import oracle.ucp.jdbc.PoolDataSourceFactory;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.ConnectionPool;

/** What failures of real pools mean: no connection in time, a closed pool, a closed connection, an unreachable database. */
class ConnectionPoolsTests extends BookTests {

    private static final String H2 = "jdbc:h2:mem:pools";
    private static final int MILLIS = 100;

    static Stream<Row> rows() {
        return Stream.of(hikari(), dbcp(), others()).flatMap(rows -> rows);
    }

    private static Stream<Row> hikari() {
        SQLException refused = new SQLTransientConnectionException("timed out", "28P01", postgres("28P01"));
        SQLException login = new SQLTransientConnectionException("timed out", "S0001", DatabaseErrors.sqlServer(18456));
        SQLException full = new SQLTransientConnectionException("timed out", "53300", postgres("53300"));
        HikariConfig unreachable = hikariConfig("jdbc:postgresql://127.0.0.1:" + closedPort() + "/test");
        return Stream.of(
                row("HikariCP: no connection in time", exhausted(hikari(H2)), "transient"),
                row("HikariCP: pool is closed", closed(hikari(H2)), "neutral"),
                row("HikariCP: connection is closed", used(hikari(H2)), "transient"),
                row(
                        "HikariCP: database is unreachable",
                        thrownBy(() -> new HikariDataSource(unreachable).getConnection()),
                        "transient"),
                row("HikariCP: password is wrong", refused, "neutral"),
                row("HikariCP: login failed, told only by the cause's code", login, "neutral"),
                row(
                        "HikariCP: connection can't be set up",
                        made("com.zaxxer.hikari.pool.PoolBase$ConnectionSetupException", full),
                        "throttled"),
                row("HikariCP: too many clients", full, "throttled"));
    }

    private static Stream<Row> dbcp() {
        return Stream.of(
                row("DBCP: no connection in time", exhausted(dbcp(H2)), "transient"),
                row("DBCP: pool is closed", closed(dbcp(H2)), "neutral"),
                row(
                        "DBCP: database is unreachable",
                        thrownBy(dbcp("jdbc:postgresql://127.0.0.1:" + closedPort() + "/test")::getConnection),
                        "transient"),
                row(
                        "DBCP: lifetime is over",
                        made("org.apache.commons.dbcp2.LifetimeExceededException", "?"),
                        "transient"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("Tomcat's pool: no connection in time", exhausted(tomcat()), "transient"),
                row("Tomcat's pool: closed", closedTomcat(), "neutral"),
                row("c3p0: no connection in time", exhausted(c3p0(H2)), "transient"),
                row(
                        "c3p0: database is unreachable",
                        thrownBy(c3p0("jdbc:postgresql://127.0.0.1:" + closedPort() + "/test")::getConnection),
                        "transient"),
                row("Agroal: no connection in time", exhausted(agroal()), "transient"),
                row("Agroal: closed", closed(agroal()), "neutral"),
                row("UCP: no connection in time", exhausted(ucp()), "transient"),
                row("UCP: none available", new NoAvailableConnectionsException("?"), "transient"),
                row("UCP: wrong password", new UniversalConnectionPoolException("?", oracle(1017)), "neutral"));
    }

    private static DataSource hikari(String url) {
        return new HikariDataSource(hikariConfig(url));
    }

    private static HikariConfig hikariConfig(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(250);
        return config;
    }

    private static BasicDataSource dbcp(String url) {
        BasicDataSource source = new BasicDataSource();
        source.setUrl(url);
        source.setMaxTotal(1);
        source.setMaxWait(Duration.ofMillis(MILLIS));
        return source;
    }

    private static org.apache.tomcat.jdbc.pool.DataSource tomcat() {
        org.apache.tomcat.jdbc.pool.DataSource source = new org.apache.tomcat.jdbc.pool.DataSource();
        source.setUrl(H2);
        source.setDriverClassName("org.h2.Driver");
        source.setMaxActive(1);
        source.setInitialSize(1);
        source.setMaxWait(MILLIS);
        return source;
    }

    private static ComboPooledDataSource c3p0(String url) {
        ComboPooledDataSource source = new ComboPooledDataSource();
        source.setJdbcUrl(url);
        source.setInitialPoolSize(1);
        source.setMinPoolSize(1);
        source.setMaxPoolSize(1);
        source.setAcquireRetryAttempts(1);
        source.setCheckoutTimeout(2000);
        return source;
    }

    private static DataSource agroal() {
        try {
            return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(pool -> pool.maxSize(1)
                            .acquisitionTimeout(Duration.ofMillis(MILLIS))
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(H2))));
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static DataSource ucp() {
        try {
            PoolDataSource source = PoolDataSourceFactory.getPoolDataSource();
            source.setConnectionFactoryClassName("org.h2.jdbcx.JdbcDataSource");
            source.setURL("jdbc:h2:mem:ucp");
            source.setUser("sa");
            source.setPassword("");
            source.setMaxPoolSize(1);
            source.setInitialPoolSize(1);
            source.setConnectionWaitDuration(Duration.ofMillis(MILLIS));
            return source;
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static Exception exhausted(DataSource source) {
        try (Connection held = source.getConnection()) {
            return thrownBy(source::getConnection);
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static Exception closed(DataSource source) {
        try {
            source.getConnection().close();
            ((AutoCloseable) source).close();
        } catch (Exception unexpected) {
            throw new IllegalStateException(unexpected);
        }
        return thrownBy(source::getConnection);
    }

    private static Exception closedTomcat() {
        org.apache.tomcat.jdbc.pool.DataSource source = tomcat();
        return thrownBy(() -> {
            source.getConnection().close();
            ConnectionPool pool = source.getPool();
            source.close();
            pool.getConnection();
        });
    }

    private static Exception used(DataSource source) {
        return thrownBy(() -> {
            Connection connection = source.getConnection();
            connection.close();
            connection.createStatement();
        });
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static Exception thrownBy(Action action) {
        try {
            action.run();
        } catch (Exception expected) {
            return expected;
        }
        throw new IllegalStateException("Nothing failed.");
    }

    private interface Action {
        void run() throws Exception;
    }
}
