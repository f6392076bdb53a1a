package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.actuate.CircuitHealth;
import dev.retrykit.spring.registry.Retries;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/** Configures the {@code circuits} health contributor, unless {@code management.health.circuits.enabled} is false. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(Retries.class)
@ConditionalOnEnabledHealthIndicator("circuits")
public final class RetrykitHealthAutoConfiguration {

    RetrykitHealthAutoConfiguration() {}

    /** Spring Boot derives the contributor's name from the bean's name. */
    @Bean
    @ConditionalOnMissingBean(name = "circuitsHealthIndicator")
    CircuitHealth circuitsHealthIndicator(Retries retries) {
        return new CircuitHealth(retries);
    }
}
