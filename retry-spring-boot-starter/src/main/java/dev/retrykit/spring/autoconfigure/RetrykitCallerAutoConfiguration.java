package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.CallerFailures;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;

/** What the caller's own failures mean. Comes last, so that classifiers of anybody else are asked first. */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitCallerAutoConfiguration {

    RetrykitCallerAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitCallerFailures")
    CallerFailures retrykitCallerFailures() {
        return new CallerFailures();
    }
}
