package dev.retrykit.spring.autoconfigure;

import dev.retrykit.event.AttemptObserver;
import dev.retrykit.spring.observe.AttemptObservations;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Observes attempts, if Micrometer is present. */
@AutoConfiguration
@ConditionalOnClass({ObservationRegistry.class, MeterObservationHandler.class})
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitObservationAutoConfiguration {

    RetrykitObservationAutoConfiguration() {}

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
