package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.actuate.CircuitHealth;
import dev.retrykit.spring.actuate.EnvironmentRefreshListener;
import dev.retrykit.spring.actuate.FailureCounts;
import dev.retrykit.spring.actuate.Page;
import dev.retrykit.spring.actuate.RetryEndpoint;
import dev.retrykit.spring.actuate.RetryReactiveExtension;
import dev.retrykit.spring.actuate.RetryWebExtension;
import dev.retrykit.spring.actuate.ShownValues;
import dev.retrykit.spring.actuate.WholeBodyInvoker;
import dev.retrykit.spring.actuate.web.JsonBodyAdvice;
import dev.retrykit.spring.actuate.web.JsonBodyWebFilter;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.registry.Retries;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.filter.reactive.ServerWebExchangeContextFilter;

/** Shows and changes a running application: the {@code retry} endpoint, health, and changed settings. */
@AutoConfiguration(after = {RetrykitAutoConfiguration.class, RetrykitIdempotencyAutoConfiguration.class})
@ConditionalOnBean(Retries.class)
public final class RetrykitManagementAutoConfiguration {

    RetrykitManagementAutoConfiguration() {}

    /** The {@code retry} actuator endpoint, if the actuator is present and the endpoint is exposed. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    @ConditionalOnAvailableEndpoint(RetryEndpoint.class)
    static class ActuatorEndpoint {

        private static final String SETTINGS = "management.endpoint.retry.";

        @Bean
        @ConditionalOnMissingBean
        RetryEndpoint retrykitEndpoint(
                Retries retries,
                ObjectProvider<Idempotency> idempotency,
                ObjectProvider<SanitizingFunction> sanitizers,
                FailureCounts failures,
                Environment environment) {
            Binder binder = Binder.get(environment);
            ShownValues values = new ShownValues(
                    sanitizers.orderedStream().toList(),
                    binder.bind(SETTINGS + "show-values", Show.class).orElse(Show.NEVER),
                    binder.bind(SETTINGS + "roles", Bindable.setOf(String.class))
                            .orElse(Set.of()));
            return new RetryEndpoint(retries, idempotency.getIfAvailable(), values, failures);
        }

        @Bean
        @ConditionalOnMissingBean
        FailureCounts retrykitFailureCounts() {
            return new FailureCounts();
        }

        @Bean
        @ConditionalOnMissingBean
        WholeBodyInvoker retrykitWholeBody() {
            return new WholeBodyInvoker();
        }

        /** Resolves access for each page, since it can be restricted later. */
        private static Page page(ObjectProvider<EndpointAccessResolver> access) {
            return new Page(() -> {
                EndpointAccessResolver resolver = access.getIfAvailable();
                return resolver != null
                        && resolver.accessFor(EndpointId.of(RetryEndpoint.ID), Access.READ_ONLY) == Access.UNRESTRICTED;
            });
        }

        private static @Nullable String path(ObjectProvider<PathMappedEndpoints> endpoints) {
            PathMappedEndpoints mapped = endpoints.getIfAvailable();
            return mapped == null ? null : mapped.getPath(EndpointId.of(RetryEndpoint.ID));
        }

        private static boolean isPresent(String type) {
            return ClassUtils.isPresent(type, ActuatorEndpoint.class.getClassLoader());
        }

        /** For servlet applications. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnWebApplication(type = Type.SERVLET)
        @ConditionalOnAvailableEndpoint(endpoint = RetryEndpoint.class, exposure = EndpointExposure.WEB)
        static final class Servlet {

            @Bean
            @ConditionalOnMissingBean
            RetryWebExtension retrykitWebExtension(
                    RetryEndpoint endpoint, ObjectProvider<EndpointAccessResolver> access) {
                return isPresent("org.springframework.security.web.csrf.CsrfToken")
                        ? RetryWebExtension.secured(endpoint, page(access))
                        : RetryWebExtension.plain(endpoint, page(access));
            }
        }

        /** If Spring MVC serves the endpoint. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnWebApplication(type = Type.SERVLET)
        @ConditionalOnClass(name = "org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter")
        @ConditionalOnAvailableEndpoint(endpoint = RetryEndpoint.class, exposure = EndpointExposure.WEB)
        static final class Mvc {

            @Bean
            @ConditionalOnMissingBean
            JsonBodyAdvice retrykitJsonBodyAdvice(ObjectProvider<PathMappedEndpoints> endpoints) {
                return new JsonBodyAdvice(() -> path(endpoints));
            }
        }

        /** For reactive applications. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnWebApplication(type = Type.REACTIVE)
        @ConditionalOnAvailableEndpoint(endpoint = RetryEndpoint.class, exposure = EndpointExposure.WEB)
        static final class Reactive {

            private static final String CSRF = "org.springframework.security.web.server.csrf.CsrfToken";

            @Bean
            @ConditionalOnMissingBean
            RetryReactiveExtension retrykitReactiveExtension(
                    RetryEndpoint endpoint, ObjectProvider<EndpointAccessResolver> access) {
                return isPresent(CSRF)
                        ? RetryReactiveExtension.secured(endpoint, page(access))
                        : RetryReactiveExtension.plain(endpoint, page(access));
            }

            @Bean
            @ConditionalOnMissingBean
            JsonBodyWebFilter retrykitJsonBodyWebFilter(ObjectProvider<PathMappedEndpoints> endpoints) {
                return new JsonBodyWebFilter(() -> path(endpoints));
            }

            /**
             * Provides the exchange to the code that creates the page, which needs the CSRF token, and to the code that
             * compares paths.
             */
            @Bean
            @ConditionalOnMissingBean
            ServerWebExchangeContextFilter retrykitExchangeContext() {
                return new ServerWebExchangeContextFilter();
            }
        }
    }

    /** The {@code circuits} health contributor, unless {@code management.health.circuits.enabled} is false. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
    @ConditionalOnEnabledHealthIndicator("circuits")
    static class Health {

        /** Spring Boot derives the contributor's name from the bean's name. */
        @Bean
        @ConditionalOnMissingBean(name = "circuitsHealthIndicator")
        CircuitHealth circuitsHealthIndicator(Retries retries) {
            return new CircuitHealth(retries);
        }
    }

    /** Applies changed settings without a restart, if Spring Cloud is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(EnvironmentChangeEvent.class)
    static class Refresh {

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        EnvironmentRefreshListener retrykitRefresh(Retries retries, ApplicationContext context) {
            return new EnvironmentRefreshListener(retries, context);
        }
    }
}
