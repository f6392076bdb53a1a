package dev.retrykit.spring.autoconfigure;

import dev.retrykit.event.AttemptObserver;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.observe.AttemptObservations;
import dev.retrykit.spring.observe.IdempotencyMeters;
import dev.retrykit.spring.observe.RetryMeters;
import dev.retrykit.spring.registry.Retries;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Registers meters and observes attempts, if Micrometer is present. */
@AutoConfiguration(after = {RetrykitAutoConfiguration.class, RetrykitIdempotencyAutoConfiguration.class})
public final class RetrykitMicrometerAutoConfiguration {

    RetrykitMicrometerAutoConfiguration() {}

    /** Registers meters, also for an application that defines {@code Retries} itself. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(Retries.class)
    static class Meters {

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

    /** Observes attempts. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ObservationRegistry.class, MeterObservationHandler.class})
    @Conditional(OnRetrykitEnabled.class)
    static class Observations {

        @Bean
        @ConditionalOnMissingBean(AttemptObserver.class)
        AttemptObservations retrykitAttemptObservations(
                ObjectProvider<ObservationRegistry> registry, ObjectProvider<ObservationHandler<?>> handlers) {
            return new AttemptObservations(
                    () -> onlyMakeMeters(handlers.stream().toList()) ? null : registry.getIfUnique());
        }

        /**
         * Whether all handlers only create meters. Without handler beans, the registry's handlers were added in code and
         * are unknown.
         */
        private static boolean onlyMakeMeters(List<ObservationHandler<?>> handlers) {
            return !handlers.isEmpty() && handlers.stream().allMatch(MeterObservationHandler.class::isInstance);
        }
    }
}
