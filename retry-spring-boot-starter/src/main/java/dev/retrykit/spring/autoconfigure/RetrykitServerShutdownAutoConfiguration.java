package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.registry.shutdown.DelayShutdown;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** Ends delays before the web server stops. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnBean(value = Retries.class, search = SearchStrategy.CURRENT)
public final class RetrykitServerShutdownAutoConfiguration {

    RetrykitServerShutdownAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitDelayTimeout", search = SearchStrategy.CURRENT)
    DelayShutdown retrykitDelayTimeout(
            Retries retries, ConfigurableApplicationContext context, ObjectProvider<LifecycleProperties> lifecycle) {
        Duration timeout = lifecycle.getIfAvailable(LifecycleProperties::new).getTimeoutPerShutdownPhase();
        return DelayShutdown.beforeTimeout(retries, context, timeout);
    }

    @Bean
    @ConditionalOnMissingBean(name = "retrykitDelayShutdown", search = SearchStrategy.CURRENT)
    DelayShutdown retrykitDelayShutdown(Retries retries, ConfigurableApplicationContext context) {
        return DelayShutdown.beforeServerStops(retries, context);
    }
}
