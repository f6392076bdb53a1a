package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.actuate.EnvironmentRefreshListener;
import dev.retrykit.spring.registry.Retries;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/** Applies changed settings without a restart, if Spring Cloud is present. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnClass(EnvironmentChangeEvent.class)
@ConditionalOnBean(Retries.class)
public final class RetrykitRefreshAutoConfiguration {

    RetrykitRefreshAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    EnvironmentRefreshListener retrykitRefresh(Retries retries, ApplicationContext context) {
        return new EnvironmentRefreshListener(retries, context);
    }
}
