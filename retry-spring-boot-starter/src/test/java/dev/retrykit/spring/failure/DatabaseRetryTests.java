package dev.retrykit.spring.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.registry.Retries;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionTemplate;

/** On a real database. */
@Tag("server")
class DatabaseRetryTests {

    private final Database database = new Database();
    private final ApplicationContextRunner app = Apps.with("""
                    retrykit.policies:
                      shop: { max-attempts: 3 }
                      repeatable: { max-attempts: 3, idempotent: true }
                    retrykit.circuits.shop:
                    """)
            .withConfiguration(AutoConfigurations.of(
                    JdbcTemplateAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    TransactionAutoConfiguration.class))
            .withBean(DataSource.class, () -> database)
            .withBean(Shop.class);

    /** Each of its connections may lose its next commits: done or not, nobody knows. */
    static class Database extends DelegatingDataSource {

        private int lostCommits;
        private int commits;
        private String state = "08006";

        Database() {
            super(new DriverManagerDataSource(
                    "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=1"));
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("commit") && ++commits <= lostCommits) {
                            connection.commit();
                            throw new SQLException("lost", state);
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
        }
    }

    static class Shop {

        private final JdbcTemplate jdbc;
        private final TransactionTemplate joining;
        private final List<TransactionStatus> transactions = new ArrayList<>();
        private Runnable beforeSecond = () -> {};

        Shop(JdbcTemplate jdbc, PlatformTransactionManager manager) {
            this.jdbc = jdbc;
            this.joining = new TransactionTemplate(manager);
        }

        @Retryable("shop")
        @CircuitGuarded("shop")
        @Transactional
        public void sell() {
            begin();
            jdbc.update("insert into sales (attempt) values (?)", transactions.size());
            jdbc.update("update stock set pieces = pieces - 1 where sku = 'shoe'");
        }

        @Retryable("shop")
        @CircuitGuarded("shop")
        @Transactional
        public void addTwice() {
            begin();
            jdbc.update("insert into stock values ('boot', 1)");
            jdbc.update("insert into stock values ('boot', 1)");
        }

        @Retryable("repeatable")
        @Transactional
        public void fill() {
            begin();
            jdbc.update("update stock set pieces = 7 where sku = 'shoe'");
        }

        @Retryable("shop")
        @Transactional
        public void ignoreAFailureInside() {
            begin();
            try {
                joining.executeWithoutResult(inner -> jdbc.update("insert into stock values ('shoe', 1)"));
            } catch (DuplicateKeyException ignored) {
                jdbc.update("insert into sales (attempt) values (0)");
            }
        }

        private void begin() {
            transactions.add(TransactionAspectSupport.currentTransactionStatus());
            if (transactions.size() == 2) {
                beforeSecond.run();
            }
        }
    }

    @BeforeEach
    void fill() {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        jdbc.execute("create table stock (sku varchar primary key, pieces int)");
        jdbc.execute("create table sales (attempt int)");
        jdbc.update("insert into stock values ('shoe', 10)");
    }

    @AfterEach
    void close() {
        new JdbcTemplate(database).execute("shutdown");
    }

    private int pieces() {
        return count("select pieces from stock where sku = 'shoe'");
    }

    private int count(String query) {
        Integer count = new JdbcTemplate(database).queryForObject(query, Integer.class);
        return count == null ? -1 : count;
    }

    @Test
    void aLockThatIsHeldTooLongIsTriedForAgainInANewTransaction() throws SQLException {
        try (Connection other = database.getConnection()) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.executeUpdate("update stock set pieces = 5 where sku = 'shoe'");
            }
            app.run(context -> {
                Shop shop = context.getBean(Shop.class);
                List<TransactionStatus> transactions = target(shop).transactions;
                target(shop).beforeSecond = () -> commit(other);

                shop.sell();

                assertThat(transactions).hasSize(2).doesNotHaveDuplicates();
                assertThat(pieces()).isEqualTo(4);
                assertThat(count("select sum(attempt) from sales"))
                        .as("the first attempt was rolled back")
                        .isEqualTo(2);
            });
        }
    }

    @Test
    void aDuplicateKeyIsAnAnswer() {
        app.run(context -> {
            Shop shop = context.getBean(Shop.class);

            assertThatExceptionOfType(DuplicateKeyException.class)
                    .isThrownBy(shop::addTwice)
                    .satisfies(failure -> assertThat(reason(failure)).isEqualTo(StopReason.NOT_RETRYABLE));

            assertThat(target(shop).transactions).hasSize(1);
            assertThat(count("select count(*) from stock")).isEqualTo(1);
            assertThat(context.getBean(Retries.class).circuit("shop").snapshot().failures())
                    .isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLostCommitIsNotRepeated(boolean translated) {
        database.lostCommits = 1;

        app.withPropertyValues("spring.dao.exceptiontranslation.enabled=" + translated)
                .run(context -> {
                    Shop shop = context.getBean(Shop.class);

                    assertThatExceptionOfType(RuntimeException.class)
                            .isThrownBy(shop::sell)
                            .satisfies(failure -> assertThat(reason(failure)).isEqualTo(StopReason.NOT_IDEMPOTENT));

                    assertThat(target(shop).transactions).hasSize(1);
                    assertThat(pieces()).isEqualTo(9);
                });
    }

    @Test
    void aLostCommitIsRepeatedWhereThatDoesNoHarm() {
        database.lostCommits = 2;

        app.run(context -> {
            Shop shop = context.getBean(Shop.class);

            shop.fill();

            assertThat(target(shop).transactions).hasSize(3);
            assertThat(pieces()).isEqualTo(7);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitThatFoundAConflictIsRepeated(boolean translated) {
        database.lostCommits = 1;
        database.state = "40001";

        app.withPropertyValues("spring.dao.exceptiontranslation.enabled=" + translated)
                .run(context -> {
                    Shop shop = context.getBean(Shop.class);

                    shop.sell();

                    assertThat(target(shop).transactions).hasSize(2);
                });
    }

    @Test
    void aTransactionThatAPartOfItHasGivenUpIsNotRepeated() {
        app.run(context -> {
            Shop shop = context.getBean(Shop.class);

            assertThatExceptionOfType(UnexpectedRollbackException.class)
                    .isThrownBy(shop::ignoreAFailureInside)
                    .satisfies(failure -> assertThat(reason(failure)).isEqualTo(StopReason.NOT_RETRYABLE));

            assertThat(target(shop).transactions).hasSize(1);
        });
    }

    private static Shop target(Shop proxy) {
        return (Shop) AopProxyUtils.getSingletonTarget(proxy);
    }

    private static void commit(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static StopReason reason(Throwable failure) {
        return List.of(failure.getSuppressed()).stream()
                .filter(RetryStopped.class::isInstance)
                .map(stopped -> ((RetryStopped) stopped).reason())
                .findFirst()
                .orElseThrow();
    }
}
