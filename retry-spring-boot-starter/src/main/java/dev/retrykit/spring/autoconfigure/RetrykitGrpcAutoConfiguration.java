package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.GrpcFailures;
import io.grpc.StatusRuntimeException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;

/** Classifies gRPC failures, if gRPC is present. */
@AutoConfiguration
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(StatusRuntimeException.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitGrpcAutoConfiguration {

    RetrykitGrpcAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitGrpcFailures")
    GrpcFailures retrykitGrpcFailures() {
        return new GrpcFailures();
    }
}
