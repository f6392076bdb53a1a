package dev.retrykit.failures;

import static org.springframework.transaction.TransactionDefinition.ISOLATION_REPEATABLE_READ;

import com.zaxxer.hikari.HikariDataSource;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import java.io.IOException;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Mono;

/**
 * What it means that a real PostgreSQL server is lost, or lets a statement wait, in different places: a write with and
 * without a transaction, Hibernate's flush, a commit of JDBC, JPA and R2DBC. A row of the table "slow" takes two
 * seconds to commit.
 */
class LostConnectionTests extends BookTests {

    private static final String SESSION = "select pg_backend_pid()";
    private static final String SLOW_UPDATE = "update stock set pieces = 0 where pg_sleep(2) is not null";
    private static final String SLOW_COMMIT = "insert into slow values (1)";

    private static Postgres server;
    private static HikariDataSource pool;

    static Stream<Row> rows() {
        server = Postgres.start();
        server.execute(
                "create table stock (id int primary key, pieces int); insert into stock values (1, 10), (2, 10)");
        server.execute("create table slow (id int)");
        server.execute("create function wait() returns trigger language plpgsql as "
                + "$$ begin perform pg_sleep(2); return null; end $$");
        server.execute("create constraint trigger wait after insert on slow deferrable initially deferred "
                + "for each row execute function wait()");
        pool = new HikariDataSource();
        pool.setJdbcUrl(server.url());
        return Stream.of(autocommit(), jdbc(), jpa(), r2dbc()).flatMap(rows -> rows);
    }

    @AfterAll
    void stop() throws IOException {
        pool.close();
        server.close();
    }

    private static Stream<Row> autocommit() {
        JdbcTemplate impatient = new JdbcTemplate(new DriverManagerDataSource(server.url() + "&socketTimeout=1"));
        JdbcTemplate jdbc = new JdbcTemplate(pool);
        JdbcTemplate h2 = new JdbcTemplate(new DriverManagerDataSource("jdbc:h2:mem:batches;DB_CLOSE_DELAY=-1"));
        h2.execute("create table t (id int primary key); insert into t values (1)");
        TransactionTemplate transaction =
                new TransactionTemplate(new JdbcTransactionManager(impatient.getDataSource()));
        return Stream.of(
                row(
                        "autocommit: the answer to a write is lost",
                        thrownBy(() -> impatient.update(SLOW_UPDATE)),
                        "unknown-effect"),
                row(
                        "autocommit: the answer to a write of JdbcClient is lost",
                        thrownBy(() ->
                                JdbcClient.create(impatient).sql(SLOW_UPDATE).update()),
                        "unknown-effect"),
                row(
                        "autocommit: the answer to a write is lost while the rows of a query are read",
                        thrownBy(() -> h2.query("select id from t", rows -> {
                            impatient.update(SLOW_UPDATE);
                        })),
                        "unknown-effect"),
                row(
                        "autocommit: the answer to a query is lost",
                        thrownBy(() -> impatient.queryForList("select pg_sleep(2)")),
                        "transient"),
                row(
                        "the answer to a write in a transaction is lost",
                        thrownBy(() -> transaction.executeWithoutResult(status -> impatient.update(SLOW_UPDATE))),
                        "transient"),
                row(
                        "autocommit: the server ended the session",
                        thrownBy(() -> jdbc.execute((java.sql.Connection connection) -> {
                            Statement statement = connection.createStatement();
                            server.terminate(session(statement));
                            return statement.executeUpdate("update stock set pieces = 0");
                        })),
                        "transient"),
                row(
                        "autocommit: a batch with a duplicate",
                        thrownBy(() -> h2.batchUpdate("insert into t values (2)", "insert into t values (1)")),
                        "answered"),
                row(
                        "autocommit: the server couldn't be reached",
                        thrownBy(() -> new JdbcTemplate(
                                        new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/test"))
                                .update(SLOW_UPDATE)),
                        "transient"),
                row(
                        "autocommit: MySQL couldn't be reached when the first statement needed a connection",
                        thrownBy(() -> new JdbcTemplate(new LazyConnectionDataSourceProxy(
                                        new DriverManagerDataSource("jdbc:mysql://127.0.0.1:1/test")))
                                .update(SLOW_UPDATE)),
                        "transient"));
    }

    private static Stream<Row> jdbc() {
        JdbcTemplate jdbc = new JdbcTemplate(pool);
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        DataSource impatient = new DriverManagerDataSource(server.url() + "&options=-c%20lock_timeout=100");
        JdbcTemplate waiting = new JdbcTemplate(impatient);
        TransactionTemplate waitingTransaction = new TransactionTemplate(new JdbcTransactionManager(impatient));
        List<Integer> twoBatches = List.of(2, 2, 1);
        Runnable batches = () -> waiting.batchUpdate(
                "update stock set pieces = pieces - 1 where id = ?", twoBatches, 2, (set, id) -> set.setInt(1, id));
        return Stream.of(
                row("autocommit: the second of two batches waits", waiting(batches), "unknown-effect"),
                row(
                        "a transaction: the second of two batches waits",
                        waiting(() -> waitingTransaction.executeWithoutResult(status -> batches.run())),
                        "transient"),
                row(
                        "autocommit: the only batch waits",
                        waiting(() -> waiting.batchUpdate(
                                "update stock set pieces = 0 where id = 2",
                                "update stock set pieces = 0 where id = 1")),
                        "transient"),
                row(
                        "JDBC: lost in the middle",
                        thrownBy(() -> transaction.executeWithoutResult(status -> {
                            server.terminate(jdbc.queryForObject(SESSION, Integer.class));
                            jdbc.update("update stock set pieces = 0");
                        })),
                        "transient"),
                row(
                        "JDBC: lost in the commit",
                        thrownBy(() -> transaction.executeWithoutResult(status -> {
                            jdbc.update(SLOW_COMMIT);
                            terminateSoon(jdbc.queryForObject(SESSION, Integer.class));
                        })),
                        "unknown-effect"),
                row(
                        "JDBC without Spring: lost in the commit",
                        thrownBy(() -> {
                            try (java.sql.Connection connection = DriverManager.getConnection(server.url());
                                    Statement statement = connection.createStatement()) {
                                connection.setAutoCommit(false);
                                statement.execute(SLOW_COMMIT);
                                terminateSoon(session(statement));
                                connection.commit();
                            }
                        }),
                        "unknown-effect"));
    }

    /** While another session locks a row. */
    private static Throwable waiting(Runnable action) {
        return thrownBy(() -> {
            try (java.sql.Connection holder = DriverManager.getConnection(server.url());
                    Statement statement = holder.createStatement()) {
                holder.setAutoCommit(false);
                statement.execute("select * from stock where id = 1 for update");
                action.run();
            }
        });
    }

    private static Stream<Row> jpa() {
        LocalContainerEntityManagerFactoryBean bean = new LocalContainerEntityManagerFactoryBean();
        bean.setDataSource(pool);
        bean.setManagedTypes(PersistenceManagedTypes.of(Stock.class.getName()));
        bean.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        bean.afterPropertiesSet();
        EntityManagerFactory factory = bean.getObject();
        EntityManager manager = SharedEntityManagerCreator.createSharedEntityManager(factory);
        JpaTransactionManager transactions = new JpaTransactionManager(factory);
        TransactionTemplate transaction = new TransactionTemplate(transactions);
        TransactionTemplate repeatable = new TransactionTemplate(transactions);
        repeatable.setIsolationLevel(ISOLATION_REPEATABLE_READ);
        Consumer<TransactionTemplate> conflict = template -> template.executeWithoutResult(status -> {
            Stock stock = manager.find(Stock.class, 2);
            server.execute("update stock set pieces = pieces + 1 where id = 2");
            stock.pieces += 5;
        });
        return Stream.of(
                row(
                        "JPA: lost before the flush at commit",
                        thrownBy(() -> transaction.executeWithoutResult(status -> {
                            manager.find(Stock.class, 1).pieces += 5;
                            server.terminate(session(manager));
                        })),
                        "transient"),
                row(
                        "JPA: statement_timeout in the flush at commit",
                        waiting(() -> transaction.executeWithoutResult(status -> {
                            manager.createNativeQuery("set local statement_timeout = 50")
                                    .executeUpdate();
                            manager.find(Stock.class, 1).pieces += 5;
                        })),
                        "transient"),
                row("JPA: 40001 in the flush at commit", thrownBy(() -> conflict.accept(repeatable)), "transient"),
                row(
                        "JPA: lost in the commit",
                        thrownBy(() -> transaction.executeWithoutResult(status -> {
                            manager.createNativeQuery(SLOW_COMMIT).executeUpdate();
                            terminateSoon(session(manager));
                        })),
                        "unknown-effect"));
    }

    private static Stream<Row> r2dbc() {
        int port = URI.create(server.url().substring("jdbc:".length())).getPort();
        ConnectionFactory factory =
                ConnectionFactories.get("r2dbc:postgresql://postgres@localhost:" + port + "/postgres");
        DatabaseClient client = DatabaseClient.create(factory);
        TransactionalOperator transaction = TransactionalOperator.create(new R2dbcTransactionManager(factory));
        Mono<Integer> session =
                client.sql(SESSION).map(found -> found.get(0, Integer.class)).one();
        Mono<Long> slow = client.sql(SLOW_COMMIT).fetch().rowsUpdated();
        Mono<Long> update = client.sql("update stock set pieces = 0").fetch().rowsUpdated();
        Mono<Long> duplicate =
                client.sql("insert into stock values (1, 1)").fetch().rowsUpdated();
        Mono<Integer> lost = session.doOnNext(server::terminate);
        return Stream.of(
                row(
                        "R2DBC: lost in the commit",
                        R2dbcTests.failure(transaction.transactional(
                                slow.then(session).doOnNext(LostConnectionTests::terminateSoon))),
                        "unknown-effect"),
                row(
                        "R2DBC: lost in the middle",
                        R2dbcTests.failure(transaction.transactional(lost.then(update))),
                        "transient"),
                row(
                        "R2DBC: lost after a duplicate",
                        R2dbcTests.failure(transaction.transactional(
                                session.flatMap(id -> duplicate.doOnError(failed -> server.terminate(id))))),
                        "answered"),
                row(
                        "R2DBC without Spring: lost in the commit",
                        R2dbcTests.failure(Mono.usingWhen(
                                factory.create(),
                                connection -> Mono.from(connection.beginTransaction())
                                        .then(run(connection, SLOW_COMMIT))
                                        .then(Mono.from(connection
                                                        .createStatement(SESSION)
                                                        .execute())
                                                .flatMap(result ->
                                                        Mono.from(result.map(found -> found.get(0, Integer.class)))))
                                        .doOnNext(LostConnectionTests::terminateSoon),
                                Connection::commitTransaction,
                                (connection, failed) -> connection.rollbackTransaction(),
                                Connection::rollbackTransaction)),
                        "unknown-effect"));
    }

    private static Mono<Long> run(Connection connection, String sql) {
        return Mono.from(connection.createStatement(sql).execute())
                .flatMap(result -> Mono.from(result.getRowsUpdated()));
    }

    private static int session(Statement statement) throws SQLException {
        ResultSet found = statement.executeQuery(SESSION);
        found.next();
        return found.getInt(1);
    }

    private static int session(EntityManager manager) {
        // not through a query of the entity manager, which would flush
        return manager.unwrap(org.hibernate.Session.class).doReturningWork(connection -> {
            try (Statement statement = connection.createStatement()) {
                return session(statement);
            }
        });
    }

    /** While the commit runs, which takes longer. */
    private static void terminateSoon(int session) {
        CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS).execute(() -> server.terminate(session));
    }

    private static Throwable thrownBy(Action action) {
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

    @Entity(name = "stock")
    static class Stock {

        @Id
        int id;

        int pieces;
    }
}
