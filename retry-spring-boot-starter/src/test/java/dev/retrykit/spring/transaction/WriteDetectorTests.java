package dev.retrykit.spring.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.spring.idempotency.Servers;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import jakarta.persistence.PreUpdate;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** Whether a transaction has written is asked right before its commit, on real databases. */
@Tag("server")
class WriteDetectorTests {

    private static final Retry RETRY = Retry.builder("writes").build();

    private enum Database {
        H2 {
            @Override
            DataSource source() {
                return Servers.h2();
            }
        },
        POSTGRESQL {
            @Override
            DataSource source() {
                return Servers.postgres();
            }
        },
        MARIADB {
            @Override
            DataSource source() {
                return Servers.mariaDb();
            }
        };

        abstract DataSource source();

        JdbcTemplate jdbc() {
            return new JdbcTemplate(source());
        }
    }

    /** A pool of one connection, which nobody waits for long. */
    private static HikariDataSource pool(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(250);
        config.setAutoCommit(false);
        return new HikariDataSource(config);
    }

    private static DataSource lazy(DataSource pool) {
        LazyConnectionDataSourceProxy lazy = new LazyConnectionDataSourceProxy(pool);
        lazy.setDefaultAutoCommit(false);
        return lazy;
    }

    /** What a listener after ours learns of each commit. */
    private static final class Answers implements TransactionExecutionListener {

        private final List<Boolean> written = new ArrayList<>();
        private final CommitListener commits;

        Answers(ConfigurableTransactionManager manager) {
            commits = CommitListener.of(manager);
            List<TransactionExecutionListener> all = new ArrayList<>(manager.getTransactionExecutionListeners());
            all.add(this);
            manager.setTransactionExecutionListeners(all);
        }

        @Override
        public void beforeCommit(TransactionExecution transaction) {
            written.add(commits.hasWritten(transaction));
        }
    }

    private static List<Boolean> answers(DataSource source, Consumer<TransactionStatus> work) {
        JdbcTransactionManager manager = new JdbcTransactionManager(source);
        Answers answers = new Answers(manager);
        Throwable failure =
                catchThrowable(() -> RETRY.run(() -> new TransactionTemplate(manager).executeWithoutResult(work)));
        assertThat(answers.written).hasSize(1);
        return failure == null
                ? answers.written
                : Stream.of(answers.written.get(0), (Boolean) null).toList();
    }

    private static JdbcTemplate table(Database database) {
        JdbcTemplate jdbc = database.jdbc();
        jdbc.execute("create table if not exists written (id integer primary key, name varchar(40))");
        jdbc.update("delete from written");
        jdbc.update("insert into written values (1, 'one')");
        return jdbc;
    }

    @ParameterizedTest
    @EnumSource
    void seesInsertsUpdatesAndDeletes(Database database) {
        JdbcTemplate jdbc = table(database);

        assertThat(answers(database.source(), status -> jdbc.update("insert into written values (2, 'two')")))
                .containsExactly(true);
        assertThat(answers(database.source(), status -> jdbc.update("update written set name = 'x' where id = 1")))
                .containsExactly(true);
        assertThat(answers(database.source(), status -> jdbc.update("delete from written where id = 2")))
                .containsExactly(true);
    }

    @ParameterizedTest
    @EnumSource
    void seesThatNothingWasWritten(Database database) {
        JdbcTemplate jdbc = table(database);

        assertThat(answers(database.source(), status -> {})).containsExactly(false);
        for (String query : List.of(
                "select count(*) from written",
                "select name, count(*) from written group by name order by name",
                "select w.id from written w join written v on v.id = w.id order by w.name")) {
            assertThat(answers(database.source(), status -> jdbc.queryForList(query)))
                    .as(query)
                    .containsExactly(false);
        }
        assertThat(answers(database.source(), status -> jdbc.update("update written set name = 'x' where id = 99")))
                .containsExactly(false);
        assertThat(answers(database.source(), status -> jdbc.update("delete from written where id = 99")))
                .containsExactly(false);
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheTransactionsOfOneConnectionApart(Database database) {
        JdbcTemplate jdbc = table(database);
        for (int i = 0; i < 3; i++) {
            int id = 10 + i;
            assertThat(answers(database.source(), status -> jdbc.update("insert into written values (?, 'x')", id)))
                    .containsExactly(true);
            assertThat(answers(database.source(), status -> jdbc.queryForList("select * from written")))
                    .containsExactly(false);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsAnInnerTransactionFromTheOneAround(Database database) {
        JdbcTemplate jdbc = table(database);
        JdbcTransactionManager manager = new JdbcTransactionManager(database.source());
        Answers answers = new Answers(manager);
        TransactionTemplate inner = new TransactionTemplate(manager);
        inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

        RETRY.run(() -> new TransactionTemplate(manager).executeWithoutResult(outer -> {
            jdbc.queryForList("select * from written");
            inner.executeWithoutResult(status -> jdbc.update("insert into written values (20, 'x')"));
            jdbc.queryForList("select * from written");
        }));

        assertThat(answers.written).containsExactly(true, false);
    }

    @ParameterizedTest
    @EnumSource
    void leavesAFailedStatementWhatItIs(Database database) {
        JdbcTemplate jdbc = table(database);

        List<Boolean> written = answers(database.source(), status -> {
            jdbc.update("update written set name = 'x' where id = 1");
            assertThat(catchThrowable(() -> jdbc.update("insert into written values (1, 'again')")))
                    .isInstanceOf(DataIntegrityViolationException.class);
        });

        assertThat(written.get(0)).isEqualTo(database != Database.POSTGRESQL);
    }

    @ParameterizedTest
    @EnumSource
    void fetchesNoConnectionForATransactionThatHasNone(Database database) throws SQLException {
        try (HikariDataSource pool = pool(database.source())) {
            DataSource lazy = lazy(pool);
            for (int i = 0; i < 2; i++) {
                try (Connection only = pool.getConnection()) {
                    assertThat(only.isValid(1)).isTrue();
                    assertThat(answers(lazy, status -> {})).containsExactly(false);
                }
                new JdbcTemplate(lazy).queryForList("select 1"); // now it is known which database it is
                assertThat(answers(lazy, status -> new JdbcTemplate(lazy).queryForList("select 1")))
                        .hasSize(1);
            }
        }
    }

    /** MariaDB would have to be asked at the beginning, when there is no connection yet. */
    @ParameterizedTest
    @EnumSource
    void seesWhatWasWrittenOnAConnectionThatWasFetchedLate(Database database) throws SQLException {
        table(database);
        try (HikariDataSource pool = pool(database.source())) {
            DataSource lazy = lazy(pool);
            JdbcTemplate jdbc = new JdbcTemplate(lazy);
            assertThat(answers(lazy, status -> jdbc.update("insert into written values (2, 'two')")))
                    .containsExactly(true);
            assertThat(answers(lazy, status -> jdbc.queryForList("select * from written")))
                    .containsExactly(database == Database.MARIADB);
            assertThat(answers(lazy, status -> jdbc.update("delete from written where id = 2")))
                    .containsExactly(true);
        }
    }

    /** Nobody asked at its beginning, since no attempt was there: it may have written. */
    @Test
    void takesWhatItCannotCompareForWritten() {
        JdbcTransactionManager manager = new JdbcTransactionManager(Servers.mariaDb());
        Answers answers = new Answers(manager);

        new TransactionTemplate(manager).executeWithoutResult(status -> {});

        assertThat(answers.written).containsExactly(true);
    }

    /** Counts the statements that nobody has prepared, as the question is one. */
    private static final class Counting extends DelegatingDataSource {

        private int questions;

        Counting(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        questions += method.getName().equals("createStatement") ? 1 : 0;
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
        }
    }

    @Test
    void asksOnlyWhereTheAnswerMatters() {
        Counting source = new Counting(Servers.h2());
        JdbcTransactionManager manager = new JdbcTransactionManager(source);
        CommitListener.of(manager);
        Runnable commit = () -> new TransactionTemplate(manager).executeWithoutResult(status -> {});
        Runnable write = () -> new TransactionTemplate(manager)
                .executeWithoutResult(status -> new JdbcTemplate(source)
                        .update("insert into written values (?, ?)", 100 + source.questions, "x"));
        TransactionTemplate readOnly = new TransactionTemplate(manager);
        readOnly.setReadOnly(true);
        table(Database.H2);

        commit.run();
        retry(policy -> policy.maxAttempts(1)).run(commit::run);
        retry(policy -> policy.idempotent(true)).run(commit::run);
        RETRY.run(() -> readOnly.executeWithoutResult(status -> {}));
        assertThat(source.questions).isZero();
        RETRY.run(commit::run);
        assertThat(source.questions).as("once to see whether it answers").isEqualTo(2);
        RETRY.run(commit::run);
        assertThat(source.questions).isEqualTo(3);
        RETRY.run(() -> {
            write.run();
            commit.run();
            write.run();
        });
        assertThat(source.questions).isEqualTo(4);
        RETRY.run(() -> retry(policy -> policy.maxAttempts(1)).run(commit::run));
        assertThat(source.questions).isEqualTo(5);
    }

    private static Retry retry(UnaryOperator<RetryPolicy.Builder> settings) {
        return Retry.builder("other")
                .policy(settings.apply(RetryPolicy.builder()).build())
                .build();
    }

    @Nested
    class WithJpa {

        @Entity(name = "noted")
        static class Noted {

            @Id
            String id;

            @Column(length = 10)
            String name;

            @PreUpdate
            void check() {
                if ("refused".equals(name)) {
                    throw new Refused();
                }
            }
        }

        static class Refused extends RuntimeException {

            private static final long serialVersionUID = 1;
        }

        private interface Work {
            void in(EntityManager entities, String id);
        }

        private final List<Boolean> written = new ArrayList<>();
        private Throwable failure;

        private void work(Database database, Work work) {
            work(database.source(), Map.of(), work);
        }

        private void work(DataSource source, Map<String, String> settings, Work work) {
            LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
            factory.setDataSource(source);
            factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            factory.setPersistenceUnitName("writes");
            factory.setManagedTypes(PersistenceManagedTypes.of(Noted.class.getName()));
            Map<String, String> all = new HashMap<>(settings);
            all.put("hibernate.hbm2ddl.auto", "update");
            factory.setJpaPropertyMap(all);
            factory.afterPropertiesSet();
            try {
                JpaTransactionManager manager = new JpaTransactionManager(factory.getObject());
                manager.afterPropertiesSet();
                EntityManager shared = SharedEntityManagerCreator.createSharedEntityManager(factory.getObject());
                String id = UUID.randomUUID().toString();
                new TransactionTemplate((PlatformTransactionManager) manager).executeWithoutResult(status -> {
                    Noted noted = new Noted();
                    noted.id = id;
                    noted.name = "first";
                    shared.persist(noted);
                });
                Answers answers = new Answers(manager);
                failure = catchThrowable(() -> RETRY.run(
                        () -> new TransactionTemplate(manager).executeWithoutResult(status -> work.in(shared, id))));
                written.addAll(answers.written);
            } finally {
                factory.destroy();
            }
        }

        @ParameterizedTest
        @EnumSource
        void seesWhatIsFlushedOnlyByTheCommit(Database database) {
            work(database, (entities, id) -> entities.find(Noted.class, id).name = "second");
            assertThat(failure).isNull();
            assertThat(written).containsExactly(true);
        }

        @ParameterizedTest
        @EnumSource
        void seesThatItOnlyRead(Database database) {
            work(
                    database,
                    (entities, id) ->
                            assertThat(entities.find(Noted.class, id).name).isEqualTo("first"));
            assertThat(written).containsExactly(false);
        }

        private void workOfAPool(Database database, boolean isProxied, Consumer<DataSource> taken, Work work) {
            try (HikariDataSource pool = pool(database.source())) {
                work(
                        isProxied ? lazy(pool) : pool,
                        Map.of("hibernate.connection.provider_disables_autocommit", "true"),
                        (entities, id) -> {
                            taken.accept(pool);
                            work.in(entities, id);
                        });
            }
        }

        @ParameterizedTest
        @CsvSource({"H2, false", "H2, true", "POSTGRESQL, false", "POSTGRESQL, true", "MARIADB, false", "MARIADB, true"
        })
        void fetchesNoConnectionForATransactionThatHasNone(Database database, boolean isProxied) throws SQLException {
            List<Connection> only = new ArrayList<>();
            workOfAPool(database, isProxied, pool -> only.add(taken(pool)), (entities, id) -> {});
            only.get(0).close();
            assertThat(failure).isNull();
            assertThat(written).containsExactly(false);
        }

        private static Connection taken(DataSource pool) {
            try {
                return pool.getConnection();
            } catch (SQLException failed) {
                throw new AssertionError(failed);
            }
        }

        @ParameterizedTest
        @CsvSource({"H2, false", "H2, true", "POSTGRESQL, false", "POSTGRESQL, true", "MARIADB, false", "MARIADB, true"
        })
        void seesWhatIsFlushedByTheCommitOnAConnectionThatIsFetchedForIt(Database database, boolean isProxied) {
            workOfAPool(database, isProxied, pool -> {}, (entities, id) -> {
                Noted another = new Noted();
                another.id = UUID.randomUUID().toString();
                entities.persist(another);
            });
            assertThat(failure).isNull();
            assertThat(written).containsExactly(true);
        }

        @Test
        void writesNothingWhereTheCommitWouldNot() {
            work(Database.H2, (entities, id) -> {
                entities.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
                entities.find(Noted.class, id).name = "second";
            });
            assertThat(written).containsExactly(false);
        }

        /** Neither the database nor JPA knows it, so a transaction manager wouldn't roll back on what it makes of it. */
        @Test
        void rollsBackWhatItsOwnCallbackRefuses() {
            work(Database.H2, (entities, id) -> {
                entities.find(Noted.class, id).name = "refused";
                Noted another = new Noted();
                another.id = "another of " + id.substring(0, 8);
                entities.persist(another);
            });
            assertThat(failure).isInstanceOf(TransactionSystemException.class).hasRootCauseInstanceOf(Refused.class);
            assertThat(Database.H2.jdbc().queryForList("select id from noted where name is null or name = 'refused'"))
                    .isEmpty();
        }

        @Test
        void failsAsTheCommitWouldHave() {
            work(Database.H2, (entities, id) -> entities.find(Noted.class, id).name = "longer than ten letters");
            assertThat(failure).isInstanceOf(DataIntegrityViolationException.class);
        }
    }

    @Test
    void knowsAManagerItHasBeenGiven() {
        JdbcTransactionManager manager = new JdbcTransactionManager(Servers.h2());
        assertThat(CommitListener.of(manager)).isSameAs(CommitListener.of(manager));
        assertThat(manager.getTransactionExecutionListeners()).hasSize(1);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> new TransactionTemplate(manager).executeWithoutResult(status -> {
                    throw new IllegalStateException();
                }));
    }
}
