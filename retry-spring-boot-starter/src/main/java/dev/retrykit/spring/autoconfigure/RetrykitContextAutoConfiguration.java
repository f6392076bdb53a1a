package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.observe.AttemptTaskDecorator;
import dev.retrykit.spring.observe.MdcCarrier;
import dev.retrykit.spring.observe.SecurityContextCarrier;
import dev.retrykit.spring.observe.SnapshotCarrier;
import io.micrometer.context.ContextSnapshotFactory;
import org.slf4j.MDC;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.core.annotation.Order;
import org.springframework.security.concurrent.DelegatingSecurityContextRunnable;

/**
 * Propagates the caller's context to the threads of retries, and the attempt to the threads of Spring Boot's task
 * executor. The carriers are called in the order of the classes below.
 */
@AutoConfiguration
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitContextAutoConfiguration {

    RetrykitContextAutoConfiguration() {}

    /** A fallback bean, so that an injection point for a single decorator gets the application's own. */
    @Bean
    @Fallback
    @ConditionalOnMissingBean(name = "retrykitTaskDecorator")
    static AttemptTaskDecorator retrykitTaskDecorator() {
        return new AttemptTaskDecorator();
    }

    /** Propagates Micrometer's context, if context-propagation is present. */
    @Configuration(proxyBeanMethods = false)
    @Order(1)
    @ConditionalOnClass(ContextSnapshotFactory.class)
    static class Micrometer {

        /** Clears what the caller's context does not have: a pooled thread may still hold another caller's. */
        @Bean
        @ConditionalOnMissingBean(name = "retrykitContextPropagation")
        SnapshotCarrier retrykitContextPropagation(ObjectProvider<ContextSnapshotFactory> factories) {
            return new SnapshotCarrier(factories.getIfUnique(
                    () -> ContextSnapshotFactory.builder().clearMissing(true).build()));
        }
    }

    /** Propagates the logging context (MDC), if SLF4J is present. */
    @Configuration(proxyBeanMethods = false)
    @Order(2)
    @ConditionalOnClass(MDC.class)
    static class Logging {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitLogContext")
        MdcCarrier retrykitLogContext() {
            return new MdcCarrier();
        }
    }

    /** Propagates Spring Security's context. If Micrometer's context propagation is present, it does so instead. */
    @Configuration(proxyBeanMethods = false)
    @Order(3)
    @ConditionalOnClass(DelegatingSecurityContextRunnable.class)
    @ConditionalOnMissingClass("io.micrometer.context.ContextSnapshotFactory")
    static class Security {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitSecurityContext")
        SecurityContextCarrier retrykitSecurityContext() {
            return new SecurityContextCarrier();
        }
    }
}
