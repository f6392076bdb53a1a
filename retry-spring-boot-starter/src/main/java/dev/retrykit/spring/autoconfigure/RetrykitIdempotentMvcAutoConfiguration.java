package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import dev.retrykit.spring.idempotency.endpoint.servlet.ArrivalFilter;
import dev.retrykit.spring.idempotency.endpoint.servlet.EndpointAdapter;
import dev.retrykit.spring.idempotency.endpoint.servlet.IdempotencyFilter;
import dev.retrykit.spring.idempotency.endpoint.servlet.MvcEndpoints;
import jakarta.servlet.DispatcherType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Configures idempotent endpoints of Spring MVC. */
@AutoConfiguration(after = RetrykitIdempotencyAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({WebMvcConfigurer.class, FilterRegistrationBean.class})
@ConditionalOnBean(Endpoints.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitIdempotentMvcAutoConfiguration {

    RetrykitIdempotentMvcAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    MvcEndpoints retrykitMvcEndpoints(Endpoints endpoints, ListableBeanFactory beans) {
        return new MvcEndpoints(endpoints, beans);
    }

    @Bean
    @ConditionalOnMissingBean
    EndpointAdapter retrykitEndpointAdapter(Endpoints endpoints, ObjectProvider<CallerTransaction> transaction) {
        return new EndpointAdapter(endpoints, transaction.getIfUnique(() -> CallerTransaction.NONE));
    }

    /** Outside all other filters, to see what they read from a body. */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitArrivalFilter")
    FilterRegistrationBean<ArrivalFilter> retrykitArrivalFilter(Endpoints endpoints) {
        FilterRegistrationBean<ArrivalFilter> registration = new FilterRegistrationBean<>(new ArrivalFilter(endpoints));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    /** Mapped to servlet names, and so inside all filters that are mapped to URLs, whatever their order. */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitIdempotencyFilter")
    FilterRegistrationBean<IdempotencyFilter> retrykitIdempotencyFilter(
            Endpoints endpoints, ListableBeanFactory beans, ObjectProvider<ServletRegistrationBean<?>> servlets) {
        FilterRegistrationBean<IdempotencyFilter> registration =
                new FilterRegistrationBean<>(new IdempotencyFilter(endpoints));
        registration.setServletNames(servletNames(beans, servlets));
        registration.setMatchAfter(true);
        registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.FORWARD);
        registration.setOrder(Ordered.LOWEST_PRECEDENCE);
        return registration;
    }

    /** Spring Boot registers a servlet bean under the bean's name. */
    private static Set<String> servletNames(
            ListableBeanFactory beans, ObjectProvider<ServletRegistrationBean<?>> servlets) {
        Set<String> names = new LinkedHashSet<>(List.of(beans.getBeanNamesForType(DispatcherServlet.class)));
        servlets.stream()
                .filter(registration -> registration.getServlet() instanceof DispatcherServlet)
                .map(ServletRegistrationBean::getServletName)
                .forEach(names::add);
        return names;
    }
}
