package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.Gates;
import dev.retrykit.spring.idempotency.reactive.EndpointAdapter;
import dev.retrykit.spring.idempotency.reactive.IdempotencyWebFilter;
import dev.retrykit.spring.idempotency.reactive.ReactiveGate;
import dev.retrykit.spring.idempotency.reactive.WebFluxEndpoints;
import org.springframework.aop.Advisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Idempotent endpoints in WebFlux. */
@AutoConfiguration(after = RetrykitIdempotencyAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(Endpoints.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitIdempotentWebFluxAutoConfiguration {

    RetrykitIdempotentWebFluxAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    WebFluxEndpoints retrykitWebFluxEndpoints(
            Endpoints endpoints, ObjectProvider<RequestMappingHandlerMapping> mappings) {
        return new WebFluxEndpoints(endpoints, mappings);
    }

    @Bean
    @ConditionalOnMissingBean
    EndpointAdapter retrykitEndpointAdapter(
            Endpoints endpoints, ObjectProvider<RequestMappingHandlerAdapter> adapters) {
        return new EndpointAdapter(endpoints, adapters);
    }

    @Bean
    @ConditionalOnMissingBean
    IdempotencyWebFilter retrykitIdempotencyWebFilter(Endpoints endpoints, ServerCodecConfigurer codecs) {
        return new IdempotencyWebFilter(endpoints, codecs);
    }

    @Bean
    @ConditionalOnMissingBean(name = "retrykitIdempotencyGate")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor retrykitIdempotencyGate() {
        return Gates.advisor(new ReactiveGate());
    }
}
