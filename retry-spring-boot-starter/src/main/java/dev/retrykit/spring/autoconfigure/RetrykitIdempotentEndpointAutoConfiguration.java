package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.CallerTransaction;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.endpoint.Endpoints;
import dev.retrykit.spring.idempotency.endpoint.ScopeComponents;
import dev.retrykit.spring.idempotency.endpoint.servlet.ArrivalFilter;
import dev.retrykit.spring.idempotency.endpoint.servlet.EndpointAdapter;
import dev.retrykit.spring.idempotency.endpoint.servlet.IdempotencyFilter;
import dev.retrykit.spring.idempotency.endpoint.servlet.MvcEndpoints;
import dev.retrykit.spring.idempotency.endpoint.webflux.EndpointResultHandler;
import dev.retrykit.spring.idempotency.endpoint.webflux.WebFluxEndpoints;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
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
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Configures idempotent endpoints. */
@AutoConfiguration(after = RetrykitIdempotencyAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass(HandlerMethod.class)
@ConditionalOnBean(IdempotencyRules.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitIdempotentEndpointAutoConfiguration {

    private static final List<String> SECURITY_CHAINS = List.of(
            "org.springframework.security.web.SecurityFilterChain",
            "org.springframework.security.web.server.SecurityWebFilterChain");

    RetrykitIdempotentEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ScopeComponents retrykitIdempotencyScope(ConfiguredSettings settings, ApplicationContext context) {
        return new ScopeComponents(settings, context);
    }

    @Bean
    @ConditionalOnMissingBean
    Endpoints retrykitIdempotentEndpoints(
            Idempotency idempotency, IdempotencyRules rules, ScopeComponents scope, ApplicationContext context) {
        return new Endpoints(
                idempotency,
                rules,
                new Endpoints.Application(application(context.getEnvironment()), isSecured(context)),
                scope,
                context);
    }

    private static String application(Environment environment) {
        return environment.getProperty("spring.application.name", "");
    }

    /** Whether Spring Security authenticates callers. */
    private static boolean isSecured(ApplicationContext context) {
        ClassLoader loader = context.getClassLoader();
        return SECURITY_CHAINS.stream()
                .filter(chain -> ClassUtils.isPresent(chain, loader))
                .map(chain -> ClassUtils.resolveClassName(chain, loader))
                .anyMatch(chain -> context.getBeanNamesForType(chain, true, false).length > 0);
    }

    /** For Spring MVC. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = Type.SERVLET)
    @ConditionalOnClass({WebMvcConfigurer.class, FilterRegistrationBean.class})
    static class Mvc {

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
            FilterRegistrationBean<ArrivalFilter> registration =
                    new FilterRegistrationBean<>(new ArrivalFilter(endpoints));
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

    /** For WebFlux. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = Type.REACTIVE)
    @ConditionalOnClass(DispatcherHandler.class)
    static class WebFlux {

        @Bean
        @ConditionalOnMissingBean
        WebFluxEndpoints retrykitWebFluxEndpoints(
                Endpoints endpoints,
                ObjectProvider<RequestMappingInfoHandlerMapping> mappings,
                ListableBeanFactory beans) {
            return new WebFluxEndpoints(endpoints, mappings, beans);
        }

        @Bean
        @ConditionalOnMissingBean
        dev.retrykit.spring.idempotency.endpoint.webflux.EndpointAdapter retrykitEndpointAdapter(
                Endpoints endpoints, ServerCodecConfigurer codecs, ListableBeanFactory beans) {
            return new dev.retrykit.spring.idempotency.endpoint.webflux.EndpointAdapter(endpoints, codecs, beans);
        }

        @Bean
        @ConditionalOnMissingBean
        EndpointResultHandler retrykitEndpointResultHandler() {
            return new EndpointResultHandler();
        }
    }
}
