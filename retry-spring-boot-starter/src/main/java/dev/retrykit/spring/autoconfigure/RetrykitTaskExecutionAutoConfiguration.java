package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.observe.AttemptTaskDecorator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Fallback;

/** Propagates the attempt to the threads of Spring Boot's task executor. */
@AutoConfiguration
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitTaskExecutionAutoConfiguration {

    RetrykitTaskExecutionAutoConfiguration() {}

    /** A fallback bean, so that an injection point for a single decorator gets the application's own. */
    @Bean
    @Fallback
    @ConditionalOnMissingBean(name = "retrykitTaskDecorator")
    static AttemptTaskDecorator retrykitTaskDecorator() {
        return new AttemptTaskDecorator();
    }
}
