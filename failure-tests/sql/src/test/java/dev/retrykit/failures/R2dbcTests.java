package dev.retrykit.failures;

import io.r2dbc.h2.H2ConnectionConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.NoSuchOptionException;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcRollbackException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.time.Duration;
import java.util.stream.Stream;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.support.EncodedResource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.r2dbc.connection.ConnectionFactoryUtils;
import org.springframework.r2dbc.connection.init.CannotReadScriptException;
import org.springframework.r2dbc.connection.init.ScriptParseException;
import org.springframework.r2dbc.connection.lookup.ConnectionFactoryLookupFailureException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.pool.PoolAcquirePendingLimitException;

/** What failures of R2DBC mean: its own types, those of its drivers and its pool, each also as Spring translates it. */
class R2dbcTests extends BookTests {

    private static final EncodedResource SCRIPT = new EncodedResource(new ByteArrayResource(new byte[0]));

    static Stream<Row> rows() {
        Stream<Row> raw = Stream.of(types(), h2()).flatMap(rows -> rows);
        return Stream.concat(raw.flatMap(row -> Stream.of(row, translated(row))), Stream.concat(springs(), pool()));
    }

    private static Stream<Row> types() {
        return Stream.of(
                row("R2DBC: transient resource", new R2dbcTransientResourceException("?"), "transient"),
                row("R2DBC: timeout", new R2dbcTimeoutException("?"), "transient"),
                row("R2DBC: rollback", new R2dbcRollbackException("?"), "transient"),
                row("R2DBC: rollback, 40003", new R2dbcRollbackException("?", "40003"), "unknown-effect"),
                row("R2DBC: rollback, 40002", new R2dbcRollbackException("?", "40002"), "answered"),
                row("R2DBC: transient resource, 53300", new R2dbcTransientResourceException("?", "53300"), "throttled"),
                row("R2DBC: integrity", new R2dbcDataIntegrityViolationException("?"), "answered"),
                row("R2DBC: grammar", new R2dbcBadGrammarException("?", "selekt"), "answered"),
                row("R2DBC: permission", new R2dbcPermissionDeniedException("?"), "neutral"),
                row("R2DBC: resource, 08006", new R2dbcNonTransientResourceException("?", "08006"), "transient"),
                row(
                        "R2DBC, MariaDB: connection closed before",
                        new R2dbcNonTransientResourceException("The connection is closed. Unable to send anything"),
                        "transient"),
                row(
                        "R2DBC, MariaDB: closed by the server",
                        new R2dbcNonTransientResourceException("Connection closed by server: shutdown"),
                        "transient"),
                row("R2DBC: resource", new R2dbcNonTransientResourceException("?"), "unknown"));
    }

    private static Stream<Row> h2() {
        return Stream.of(
                h2("selekt 1", "answered"),
                h2("select * from nowhere", "answered"),
                h2("create table t (id int primary key); insert into t values (1), (1)", "answered"));
    }

    private static Stream<Row> springs() {
        return Stream.of(
                row("Spring R2DBC: no such factory", new ConnectionFactoryLookupFailureException("?"), "neutral"),
                row("Spring R2DBC: script can't be read", new CannotReadScriptException(SCRIPT, null), "neutral"),
                row("Spring R2DBC: script can't be parsed", new ScriptParseException("?", SCRIPT), "neutral"),
                row(
                        "Spring R2DBC: no connection",
                        new DataAccessResourceFailureException(
                                "Failed to obtain R2DBC Connection", R2dbcDriversTests.postgresRefused()),
                        "transient"),
                row(
                        "Spring R2DBC: commit, 08006",
                        new DataAccessResourceFailureException(
                                "R2DBC commit; ?", R2dbcDriversTests.postgresError("08006", "?")),
                        "unknown-effect"),
                row("R2DBC: no such option", new NoSuchOptionException("?", Option.valueOf("host")), "neutral"));
    }

    private static Stream<Row> pool() {
        ConnectionPool closed = slowPool();
        closed.dispose();
        return Stream.of(
                row("R2DBC's pool: no connection in time", failure(slowPool().create()), "transient"),
                row(
                        "R2DBC's pool: the same, in Spring",
                        failure(ConnectionFactoryUtils.getConnection(slowPool())),
                        "transient"),
                row("R2DBC's pool: closed", failure(closed.create()), "neutral"),
                row("R2DBC's pool: too many wait", new PoolAcquirePendingLimitException(5), "neutral"));
    }

    /** Of a database that never answers. */
    private static ConnectionPool slowPool() {
        return new ConnectionPool(ConnectionPoolConfiguration.builder(new Silent())
                .maxSize(1)
                .initialSize(0)
                .acquireRetry(0)
                .maxAcquireTime(Duration.ofMillis(100))
                .build());
    }

    static Row translated(Row row) {
        R2dbcException raw = (R2dbcException) row.failure();
        RuntimeException translated = ConnectionFactoryUtils.convertR2dbcException("query", "select 1", raw);
        return row(
                "Spring, " + row.name() + " as " + translated.getClass().getSimpleName(), translated, row.expected());
    }

    private static Row h2(String sql, String expected) {
        H2ConnectionFactory factory = new H2ConnectionFactory(H2ConnectionConfiguration.builder()
                .inMemory("r2dbc")
                .username("sa")
                .build());
        return row(
                "R2DBC, H2: " + sql,
                failure(Mono.from(factory.create())
                        .flatMapMany(connection -> run(connection, sql))
                        .then()),
                expected);
    }

    private static Flux<Long> run(Connection connection, String sql) {
        return Flux.just(sql.split("; "))
                .concatMap(one -> Flux.from(connection.createStatement(one).execute())
                        .concatMap(result -> result.getRowsUpdated()));
    }

    static Throwable failure(Mono<?> action) {
        return action.<Throwable>then(Mono.error(new IllegalStateException("Nothing failed.")))
                .onErrorResume(Mono::just)
                .block(Duration.ofSeconds(20));
    }

    private static final class Silent implements ConnectionFactory {

        @Override
        public Mono<Connection> create() {
            return Mono.never();
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return () -> "silent";
        }
    }
}
