package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import dev.retrykit.spring.idempotency.endpoint.webflux.EndpointAdapter;
import dev.retrykit.spring.idempotency.endpoint.webflux.EndpointResultHandler;
import dev.retrykit.spring.idempotency.endpoint.webflux.WebFluxEndpoints;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;

/** Configures idempotent endpoints of WebFlux. */
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
            Endpoints endpoints, ObjectProvider<RequestMappingInfoHandlerMapping> mappings, ListableBeanFactory beans) {
        return new WebFluxEndpoints(endpoints, mappings, beans);
    }

    @Bean
    @ConditionalOnMissingBean
    EndpointAdapter retrykitEndpointAdapter(
            Endpoints endpoints, ServerCodecConfigurer codecs, ListableBeanFactory beans) {
        return new EndpointAdapter(endpoints, codecs, beans);
    }

    @Bean
    @ConditionalOnMissingBean
    EndpointResultHandler retrykitEndpointResultHandler() {
        return new EndpointResultHandler();
    }
}
