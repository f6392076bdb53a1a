package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.idempotency.http.Endpoints;
import dev.retrykit.spring.idempotency.http.Gates;
import dev.retrykit.spring.idempotency.servlet.IdempotencyFilter;
import dev.retrykit.spring.idempotency.servlet.IdempotentMvc;
import dev.retrykit.spring.idempotency.servlet.MvcEndpoints;
import dev.retrykit.spring.idempotency.servlet.ServletGate;
import jakarta.servlet.DispatcherType;
import org.springframework.aop.Advisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Idempotent endpoints in Spring MVC. */
@AutoConfiguration(after = RetrykitIdempotencyAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({WebMvcConfigurer.class, FilterRegistrationBean.class})
@ConditionalOnBean(Endpoints.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitIdempotentMvcAutoConfiguration {

    RetrykitIdempotentMvcAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    MvcEndpoints retrykitMvcEndpoints(Endpoints endpoints, ObjectProvider<RequestMappingHandlerMapping> mappings) {
        return new MvcEndpoints(endpoints, mappings);
    }

    @Bean
    @ConditionalOnMissingBean
    IdempotentMvc retrykitIdempotentMvc(Endpoints endpoints) {
        return new IdempotentMvc(endpoints);
    }

    /** The innermost: after Spring Security, which knows the caller. */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitIdempotencyFilter")
    FilterRegistrationBean<IdempotencyFilter> retrykitIdempotencyFilter(Endpoints endpoints) {
        FilterRegistrationBean<IdempotencyFilter> registration =
                new FilterRegistrationBean<>(new IdempotencyFilter(endpoints));
        registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
        registration.setOrder(Ordered.LOWEST_PRECEDENCE);
        return registration;
    }

    @Bean
    @ConditionalOnMissingBean(name = "retrykitIdempotencyGate")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor retrykitIdempotencyGate() {
        return Gates.advisor(new ServletGate());
    }
}
