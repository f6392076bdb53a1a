package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.observe.SecurityContextCarrier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.security.concurrent.DelegatingSecurityContextRunnable;

/**
 * Propagates Spring Security's context to the threads of retries. If Micrometer's context propagation is present, it
 * does so instead.
 */
@AutoConfiguration
@ConditionalOnClass(DelegatingSecurityContextRunnable.class)
@ConditionalOnMissingClass("io.micrometer.context.ContextSnapshotFactory")
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitSecurityContextAutoConfiguration {

    RetrykitSecurityContextAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitSecurityContext")
    SecurityContextCarrier retrykitSecurityContext() {
        return new SecurityContextCarrier();
    }
}
