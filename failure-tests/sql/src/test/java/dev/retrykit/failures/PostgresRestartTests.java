package dev.retrykit.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.retrykit.Retry;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.registry.Retries;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** An application with HikariCP whose PostgreSQL server, a real one, goes away and comes back, or keeps a lock. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class PostgresRestartTests {

    /** HikariCP looks whether a connection is alive unless it was used this short a time ago. */
    private static final String NO_CHECK = "com.zaxxer.hikari.aliveBypassWindowMs";

    private final ApplicationContextRunner app = new ApplicationContextRunner()
            .withUserConfiguration(Application.Ours.class)
            .withConfiguration(AutoConfigurations.of(
                    JdbcTemplateAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class))
            .withPropertyValues(
                    "retrykit.policies.shop.max-attempts=4",
                    "retrykit.policies.shop.backoff.delay=5ms",
                    "retrykit.policies.shop.backoff.max-delay=20ms")
            .withBean(DataSource.class, this::pool)
            .withBean(Shop.class);

    private final AtomicInteger attempts = new AtomicInteger();
    private Postgres server;

    private HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(server.url());
        pool.setMaximumPoolSize(1);
        pool.setConnectionTimeout(20_000);
        return pool;
    }

    @BeforeAll
    void start() {
        System.setProperty(NO_CHECK, "60000");
        server = Postgres.start();
    }

    @AfterAll
    void stop() throws IOException {
        System.clearProperty(NO_CHECK);
        server.close();
    }

    @BeforeEach
    void fill() {
        attempts.set(0);
        server.execute("drop table if exists sales, stock");
        server.execute("create table sales (sku text); create table stock (sku text primary key, pieces int)");
        server.execute("insert into stock values ('shoe', 10)");
    }

    static class Shop {

        private final JdbcTemplate jdbc;
        private Runnable inFirst = () -> {};
        private int attempts;

        Shop(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Retryable("shop")
        @Transactional
        public void sell() {
            jdbc.update("insert into sales values ('shoe')");
            if (++attempts == 1) {
                inFirst.run();
            }
            jdbc.update("update stock set pieces = pieces - 1 where sku = 'shoe'");
        }

        public void inFirst(Runnable action) {
            inFirst = action;
        }

        public int attempts() {
            return attempts;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionThatWasLostBetweenTwoCallsIsReplaced(boolean wholeServer) {
        app.run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            Integer session = jdbc.queryForObject("select pg_backend_pid()", Integer.class);
            if (wholeServer) {
                server.restart();
            } else {
                server.terminate(session);
            }

            Integer pieces = retry(context.getBean(Retries.class)).call(() -> {
                attempts.incrementAndGet();
                return jdbc.queryForObject("select pieces from stock", Integer.class);
            });

            assertThat(pieces).isEqualTo(10);
            assertThat(attempts).hasValue(2);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTransactionThatIsLostInTheMiddleBeginsAnew(boolean wholeServer) {
        app.run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            TransactionTemplate transaction = context.getBean(TransactionTemplate.class);

            retry(context.getBean(Retries.class))
                    .run(() -> transaction.executeWithoutResult(status -> {
                        jdbc.update("insert into sales values ('shoe')");
                        if (attempts.incrementAndGet() == 1) {
                            lose(jdbc, wholeServer);
                        }
                        jdbc.update("update stock set pieces = pieces - 1 where sku = 'shoe'");
                    }));

            assertThat(attempts).hasValue(2);
            assertSoldOnce();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnnotatedTransactionThatIsLostInTheMiddleBeginsAnew(boolean wholeServer) {
        app.run(context -> {
            Shop shop = context.getBean(Shop.class);
            shop.inFirst(() -> lose(context.getBean(JdbcTemplate.class), wholeServer));

            shop.sell();

            assertThat(shop.attempts()).isEqualTo(2);
            assertSoldOnce();
        });
    }

    @Test
    void aJpaTransactionThatIsLostBeforeItsFlushBeginsAnew() {
        app.withUserConfiguration(Persistence.class).run(context -> {
            EntityManager manager =
                    SharedEntityManagerCreator.createSharedEntityManager(context.getBean(EntityManagerFactory.class));
            TransactionTemplate transaction = context.getBean(TransactionTemplate.class);

            retry(context.getBean(Retries.class))
                    .run(() -> transaction.executeWithoutResult(status -> {
                        Stock stock = manager.find(Stock.class, "shoe");
                        if (attempts.incrementAndGet() == 1) {
                            lose(context.getBean(JdbcTemplate.class), false);
                        }
                        stock.pieces--;
                    }));

            assertThat(attempts).hasValue(2);
            assertThat(server.query("select pieces from stock")).isEqualTo("9");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Persistence {

        @Bean
        LocalContainerEntityManagerFactoryBean entities(DataSource source) {
            LocalContainerEntityManagerFactoryBean bean = new LocalContainerEntityManagerFactoryBean();
            bean.setDataSource(source);
            bean.setManagedTypes(PersistenceManagedTypes.of(Stock.class.getName()));
            bean.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            return bean;
        }

        @Bean
        JpaTransactionManager transactions(EntityManagerFactory factory) {
            return new JpaTransactionManager(factory);
        }
    }

    @Entity(name = "stock")
    static class Stock {

        @Id
        String sku;

        int pieces;
    }

    @Test
    void aCommitThatIsLostIsNotRepeated() {
        app.run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
            Retry retry = retry(context.getBean(Retries.class));

            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> retry.run(() -> transaction.executeWithoutResult(status -> {
                        attempts.incrementAndGet();
                        jdbc.update("insert into sales values ('shoe')");
                        lose(jdbc, false);
                    })))
                    .satisfies(failure -> assertThat(reason(failure)).isEqualTo(StopReason.NOT_IDEMPOTENT));

            assertThat(attempts).hasValue(1);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select pieces from stock for update nowait",
                "set local lock_timeout = '20ms'; update stock set pieces = pieces - 1",
                "set local statement_timeout = '20ms'; update stock set pieces = pieces - 1"
            })
    void aLockIsTriedForUntilItIsFree(String sql) throws SQLException {
        app.run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
            try (Connection holder = DriverManager.getConnection(server.url());
                    Statement statement = holder.createStatement()) {
                holder.setAutoCommit(false);
                statement.execute("select * from stock for update");

                retry(context.getBean(Retries.class))
                        .run(() -> transaction.executeWithoutResult(status -> {
                            if (attempts.incrementAndGet() == 3) {
                                rollback(holder);
                            }
                            jdbc.execute(sql);
                        }));

                assertThat(attempts).hasValue(3);
            }
        });
    }

    @Test
    void aFailureThatCameBeforeInTheTransactionDecides() {
        app.run(context -> {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
            Retry retry = retry(context.getBean(Retries.class));

            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> retry.run(() -> transaction.executeWithoutResult(status -> {
                        attempts.incrementAndGet();
                        ignored(() -> jdbc.update("insert into stock values ('shoe', 1)"));
                        jdbc.update("insert into sales values ('shoe')");
                    })))
                    .satisfies(failure -> assertThat(Meaning.of(failure)).isEqualTo("answered"));

            assertThat(attempts).hasValue(1);
        });
    }

    private static Retry retry(Retries retries) {
        return retries.get("shop");
    }

    /** The connection of the transaction. */
    private void lose(JdbcTemplate jdbc, boolean wholeServer) {
        Integer session = jdbc.queryForObject("select pg_backend_pid()", Integer.class);
        if (wholeServer) {
            server.restart();
        } else {
            server.terminate(session);
        }
    }

    private void assertSoldOnce() {
        assertThat(server.query("select count(*) from sales")).isEqualTo("1");
        assertThat(server.query("select pieces from stock")).isEqualTo("9");
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void ignored(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException duplicate) {
            assertThat(duplicate).hasMessageContaining("duplicate key");
        }
    }

    private static StopReason reason(Throwable failure) {
        return Stream.of(failure.getSuppressed())
                .filter(RetryStopped.class::isInstance)
                .map(stopped -> ((RetryStopped) stopped).reason())
                .findFirst()
                .orElseThrow();
    }
}
