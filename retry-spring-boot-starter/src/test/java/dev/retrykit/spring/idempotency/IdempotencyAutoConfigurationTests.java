package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.idempotency.store.jdbc.JdbcStore;
import dev.retrykit.spring.idempotency.store.redis.RedisStore;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;

/** Which store an application gets, and what is guaranteed with it. */
@Tag("startup")
class IdempotencyAutoConfigurationTests {

    private static final ApplicationContextRunner NONE = Apps.plain();

    /** With a database of its own: another's may still be asked in the background. */
    private static ApplicationContextRunner jdbc() {
        return NONE.withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class))
                .withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID());
    }

    static class Taker {

        @Idempotent(key = "#message")
        public void take(String message) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnManager {

        @Bean
        DataSourceTransactionManager own(DataSource dataSource) {
            return new DataSourceTransactionManager(dataSource);
        }
    }

    private static DataSource another() {
        return new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    }

    private static long tables(DataSource dataSource) {
        return new JdbcTemplate(dataSource)
                .queryForObject(
                        "select count(*) from information_schema.tables where lower(table_name) like 'retrykit%'",
                        Long.class);
    }

    @Test
    void keepsKeysInMemoryWithoutADatabase() {
        NONE.run(context -> assertThat(context).getBean(IdempotencyStore.class).isInstanceOf(MemoryStore.class));
    }

    @Test
    void keepsKeysInTheOnlyDatabase() {
        jdbc().withBean(Taker.class).run(context -> {
            assertThat(context).getBean(IdempotencyStore.class).isInstanceOf(JdbcStore.class);
            assertThat(tables(context.getBean(DataSource.class))).isEqualTo(2);
            assertThat(context.getBean(Idempotency.class).methods())
                    .singleElement()
                    .satisfies(method -> assertThat(method.guarantee()).isEqualTo(Guarantee.EXACTLY_ONCE));
        });
    }

    @Test
    void makesNoTablesForAnApplicationWithoutKeys() {
        jdbc().run(context ->
                assertThat(tables(context.getBean(DataSource.class))).isZero());
    }

    @Test
    void stopsTheStartIfThereAreNoTables() {
        jdbc().withBean(Taker.class)
                .withPropertyValues("retrykit.idempotency.initialize-schema=never")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContaining("the tables of idempotency keys cannot be read")
                        .satisfies(failure -> assertThat(((InvalidSettingException) failure).action())
                                .contains("retrykit.idempotency.initialize-schema=always")));
    }

    @Test
    void startsThoughTheDatabaseIsDown() {
        jdbc().withBean(Taker.class)
                .withPropertyValues(
                        "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
                        "spring.datasource.hikari.connection-timeout=250")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void putsTheFenceIntoManagersThatTheApplicationMakes() {
        jdbc().withBean(Taker.class)
                .withUserConfiguration(OwnManager.class)
                .run(context -> assertThat(context.getBean(AbstractPlatformTransactionManager.class)
                                .getTransactionExecutionListeners())
                        .extracting(listener -> listener.getClass().getSimpleName())
                        .containsExactly("CommitListener", "TransactionFence"));
    }

    @Test
    void guaranteesLessWhereTransactionsUseAnotherDataSource() {
        DataSource another = another();
        jdbc().withBean(Taker.class)
                .withBean(DataSourceTransactionManager.class, () -> new DataSourceTransactionManager(another))
                .run(context -> assertThat(context.getBean(Idempotency.class).methods())
                        .singleElement()
                        .satisfies(method -> assertThat(method.guarantee()).isEqualTo(Guarantee.AT_MOST_ONCE)));
    }

    @Test
    void keepsKeysInMemoryIfItCannotKnowWhichDatabase() {
        NONE.withBean("one", DataSource.class, IdempotencyAutoConfigurationTests::another)
                .withBean("two", DataSource.class, IdempotencyAutoConfigurationTests::another)
                .run(context ->
                        assertThat(context).getBean(IdempotencyStore.class).isInstanceOf(MemoryStore.class));
    }

    @Test
    void keepsKeysInRedis() {
        ApplicationContextRunner redis =
                NONE.withBean(RedisConnectionFactory.class, () -> Mockito.mock(RedisConnectionFactory.class));
        redis.run(context -> assertThat(context).getBean(IdempotencyStore.class).isInstanceOf(RedisStore.class));
        jdbc().withBean(RedisConnectionFactory.class, () -> Mockito.mock(RedisConnectionFactory.class))
                .withPropertyValues("retrykit.idempotency.store=redis")
                .run(context ->
                        assertThat(context).getBean(IdempotencyStore.class).isInstanceOf(RedisStore.class));
    }

    @Test
    void prefersTheDatabaseToRedis() {
        jdbc().withBean(RedisConnectionFactory.class, () -> Mockito.mock(RedisConnectionFactory.class))
                .run(context ->
                        assertThat(context).getBean(IdempotencyStore.class).isInstanceOf(JdbcStore.class));
    }

    @Test
    void takesTheApplicationsStore() {
        IdempotencyStore own = Mockito.mock(IdempotencyStore.class);
        jdbc().withBean(IdempotencyStore.class, () -> own)
                .run(context ->
                        assertThat(context).getBean(IdempotencyStore.class).isSameAs(own));
    }

    @Test
    void isOffWithEverythingElse() {
        jdbc().withBean(Taker.class)
                .withPropertyValues("retrykit.enabled=false")
                .run(context -> {
                    assertThat(context).doesNotHaveBean(IdempotencyStore.class);
                    context.getBean(Taker.class).take("message");
                });
    }
}
