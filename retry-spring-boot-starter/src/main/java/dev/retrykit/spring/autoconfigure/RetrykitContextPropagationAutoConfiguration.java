package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.observe.SnapshotCarrier;
import io.micrometer.context.ContextSnapshotFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Micrometer's context on the threads of retries, where context-propagation is. */
@AutoConfiguration
@ConditionalOnClass(ContextSnapshotFactory.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitContextPropagationAutoConfiguration {

    RetrykitContextPropagationAutoConfiguration() {}

    /** What a caller doesn't have must not be there for its retries either: a pooled thread may have a stranger's. */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitContextPropagation")
    SnapshotCarrier retrykitContextPropagation(ObjectProvider<ContextSnapshotFactory> factories) {
        return new SnapshotCarrier(factories.getIfUnique(
                () -> ContextSnapshotFactory.builder().clearMissing(true).build()));
    }
}
