package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.actuate.RetryEndpoint;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.registry.Retries;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The {@code retry} endpoint, where the actuator is and it is exposed. */
@AutoConfiguration(after = {RetrykitAutoConfiguration.class, RetrykitIdempotencyAutoConfiguration.class})
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Retries.class)
@ConditionalOnAvailableEndpoint(RetryEndpoint.class)
public final class RetrykitEndpointAutoConfiguration {

    RetrykitEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RetryEndpoint retryEndpoint(Retries retries, ObjectProvider<Idempotency> idempotency) {
        return new RetryEndpoint(retries, idempotency.getIfAvailable());
    }
}
