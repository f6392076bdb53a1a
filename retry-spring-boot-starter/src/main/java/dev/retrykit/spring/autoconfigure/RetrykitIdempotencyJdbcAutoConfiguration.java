package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.jdbc.FencePostProcessor;
import dev.retrykit.spring.idempotency.store.jdbc.JdbcStore;
import dev.retrykit.spring.idempotency.store.jdbc.Tables;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;
import org.springframework.transaction.ConfigurableTransactionManager;

/** Stores idempotency keys in the application's database. */
@AutoConfiguration(after = {RetrykitAutoConfiguration.class, DataSourceAutoConfiguration.class})
@ConditionalOnClass({DataSourceScriptDatabaseInitializer.class, ConfigurableTransactionManager.class})
@ConditionalOnBean(ConfiguredSettings.class)
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnProperty(name = "retrykit.idempotency.store", havingValue = "jdbc", matchIfMissing = true)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitIdempotencyJdbcAutoConfiguration {

    RetrykitIdempotencyJdbcAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(IdempotencyStore.class)
    JdbcStore retrykitJdbcIdempotencyStore(
            DataSource dataSource, ConfiguredSettings settings, ListableBeanFactory beans) {
        return JdbcStore.fencedBy(
                () -> beans.getBeansOfType(ConfigurableTransactionManager.class).values(),
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
