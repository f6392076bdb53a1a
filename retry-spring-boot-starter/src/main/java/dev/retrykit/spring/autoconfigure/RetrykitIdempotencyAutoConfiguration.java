package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.idempotency.EndpointSource;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyInitializer;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.method.IdempotentMethods;
import dev.retrykit.spring.idempotency.method.IdempotentPostProcessor;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.idempotency.store.jdbc.FencePostProcessor;
import dev.retrykit.spring.idempotency.store.jdbc.JdbcStore;
import dev.retrykit.spring.idempotency.store.jdbc.Tables;
import dev.retrykit.spring.idempotency.store.redis.RedisStore;
import dev.retrykit.spring.settings.IdempotencySettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.time.TimeSource;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * Configures idempotent methods: the rules for idempotency keys, their store, and methods without HTTP. The store is
 * that of the first nested class that applies, or else in memory.
 */
@AutoConfiguration(
        after = {RetrykitAutoConfiguration.class, RetrykitFailureAutoConfiguration.class},
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration"
        })
@ConditionalOnBean(ConfiguredSettings.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitIdempotencyAutoConfiguration {

    RetrykitIdempotencyAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    IdempotencyRules retrykitIdempotencyRules(ConfiguredSettings settings) {
        return new IdempotencyRules(settings);
    }

    @Bean
    @ConditionalOnMissingBean
    IdempotencyStore retrykitIdempotencyStore(ConfiguredSettings settings, TimeSource time) {
        IdempotencySettings.Store wanted = settings.idempotency().store();
        if (wanted != null && wanted != IdempotencySettings.Store.MEMORY) {
            String what = wanted == IdempotencySettings.Store.JDBC ? "a DataSource" : "a RedisConnectionFactory";
            throw new InvalidSettingException(
                    "'retrykit.idempotency.store' = '" + MessageText.of(wanted) + "' ("
                            + settings.origin("retrykit.idempotency.store") + ") requires " + what
                            + ", but there is none, or several without a @Primary one.",
                    "Add one, mark one as @Primary, or set retrykit.idempotency.store to an available store.");
        }
        IdempotencySettings.Memory memory = settings.idempotency().memory();
        return new MemoryStore(time, memory.maxKeys(), memory.maxSize().toBytes());
    }

    @Bean
    @ConditionalOnMissingBean
    Idempotency retrykitIdempotency(IdempotencyStore store, TimeSource time) {
        return new Idempotency(store, time);
    }

    @Bean
    @ConditionalOnMissingBean
    IdempotencyInitializer retrykitIdempotencyStart(
            Idempotency idempotency, ConfiguredSettings settings, ObjectProvider<EndpointSource> sources) {
        return new IdempotencyInitializer(
                idempotency, settings, sources.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    IdempotentMethods retrykitIdempotentMethods(
            Idempotency idempotency,
            IdempotencyRules rules,
            ApplicationContext context,
            ObjectProvider<CallerTransaction> transaction) {
        return new IdempotentMethods(
                idempotency,
                rules,
                application(context.getEnvironment()),
                context,
                transaction.getIfUnique(() -> CallerTransaction.NONE));
    }

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static IdempotentPostProcessor retrykitIdempotentPostProcessor(
            ObjectProvider<IdempotentMethods> methods, Environment environment) {
        SingletonSupplier<IdempotentMethods> once = SingletonSupplier.of(methods::getObject);
        int order = RetrykitAutoConfiguration.order(environment);
        IdempotentPostProcessor processor =
                new IdempotentPostProcessor(once::obtain, order == Integer.MAX_VALUE ? order : order + 1);
        processor.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
        return processor;
    }

    private static String application(Environment environment) {
        return environment.getProperty("spring.application.name", "");
    }

    /** Stores idempotency keys in the application's database. */
    @Configuration(proxyBeanMethods = false)
    @Order(1)
    @ConditionalOnClass({DataSourceScriptDatabaseInitializer.class, ConfigurableTransactionManager.class})
    @ConditionalOnSingleCandidate(DataSource.class)
    @ConditionalOnProperty(name = "retrykit.idempotency.store", havingValue = "jdbc", matchIfMissing = true)
    static class Jdbc {

        @Bean
        @ConditionalOnMissingBean(IdempotencyStore.class)
        JdbcStore retrykitJdbcIdempotencyStore(
                DataSource dataSource, ConfiguredSettings settings, ListableBeanFactory beans) {
            return JdbcStore.fencedBy(
                    () -> beans.getBeansOfType(ConfigurableTransactionManager.class)
                            .values(),
                    dataSource,
                    new Tables(dataSource, settings.idempotency().initializeSchema()));
        }

        /** Also applies in a child of the context that has the store. */
        @Bean
        @ConditionalOnBean(JdbcStore.class)
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static FencePostProcessor retrykitFencePostProcessor() {
            return new FencePostProcessor();
        }
    }

    /** Stores idempotency keys in Redis, unless there is another store. */
    @Configuration(proxyBeanMethods = false)
    @Order(2)
    @ConditionalOnClass(RedisConnectionFactory.class)
    @ConditionalOnSingleCandidate(RedisConnectionFactory.class)
    @ConditionalOnMissingBean(IdempotencyStore.class)
    @ConditionalOnProperty(name = "retrykit.idempotency.store", havingValue = "redis", matchIfMissing = true)
    static class Redis {

        @Bean
        RedisStore retrykitRedisIdempotencyStore(RedisConnectionFactory connections) {
            return new RedisStore(connections);
        }
    }
}
