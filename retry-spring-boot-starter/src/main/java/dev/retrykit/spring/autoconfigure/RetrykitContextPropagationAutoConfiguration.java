package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.observe.SnapshotCarrier;
import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Propagates Micrometer's context to the threads of retries, if context-propagation is present. */
@AutoConfiguration
@ConditionalOnClass(ContextSnapshotFactory.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitContextPropagationAutoConfiguration {

    RetrykitContextPropagationAutoConfiguration() {}

    /** Clears what the caller's context does not have: a pooled thread may still hold another caller's. */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitContextPropagation")
    SnapshotCarrier retrykitContextPropagation(ObjectProvider<ContextSnapshotFactory> factories) {
        return new SnapshotCarrier(factories.getIfUnique(
                () -> ContextSnapshotFactory.builder().clearMissing(true).build()));
    }
}
