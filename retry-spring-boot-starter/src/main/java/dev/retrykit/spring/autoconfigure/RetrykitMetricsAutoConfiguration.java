package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.observe.IdempotencyMeters;
import dev.retrykit.spring.observe.RetryMeters;
import dev.retrykit.spring.registry.Retries;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Registers meters, if Micrometer is present. */
@AutoConfiguration(after = {RetrykitAutoConfiguration.class, RetrykitIdempotencyAutoConfiguration.class})
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(Retries.class)
public final class RetrykitMetricsAutoConfiguration {

    RetrykitMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RetryMeters retrykitMeters(Retries retries) {
        return new RetryMeters(retries);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean(Idempotency.class)
    IdempotencyMeters retrykitIdempotencyMeters(Idempotency idempotency) {
        return new IdempotencyMeters(idempotency);
    }
}
