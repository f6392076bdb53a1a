package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.registry.shutdown.DelayShutdown;
import dev.retrykit.spring.server.CallerDeadlineReader;
import dev.retrykit.spring.server.DeadlineFilter;
import dev.retrykit.spring.server.DeadlineWebFilter;
import dev.retrykit.spring.server.ExhaustedFailureHandler;
import dev.retrykit.spring.server.ExhaustedFailureResolver;
import dev.retrykit.spring.server.InboundRequestFilter;
import dev.retrykit.spring.server.InboundRequestWebFilter;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.time.TimeSource;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Configures the server side: the requests of callers, the responses to them, and the web server's shutdown. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnWebApplication
public final class RetrykitServerAutoConfiguration {

    RetrykitServerAutoConfiguration() {}

    /** Ends delays before the web server stops. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(value = Retries.class, search = SearchStrategy.CURRENT)
    static class Shutdown {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitDelayTimeout", search = SearchStrategy.CURRENT)
        DelayShutdown retrykitDelayTimeout(
                Retries retries,
                ConfigurableApplicationContext context,
                ObjectProvider<LifecycleProperties> lifecycle) {
            Duration timeout =
                    lifecycle.getIfAvailable(LifecycleProperties::new).getTimeoutPerShutdownPhase();
            return DelayShutdown.beforeTimeout(retries, context, timeout);
        }

        @Bean
        @ConditionalOnMissingBean(name = "retrykitDelayShutdown", search = SearchStrategy.CURRENT)
        DelayShutdown retrykitDelayShutdown(Retries retries, ConfigurableApplicationContext context) {
            return DelayShutdown.beforeServerStops(retries, context);
        }
    }

    /** For Spring MVC. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = Type.SERVLET)
    @ConditionalOnClass({WebMvcConfigurer.class, FilterRegistrationBean.class})
    @ConditionalOnBean(ConfiguredSettings.class)
    @Conditional(OnRetrykitEnabled.class)
    static class Mvc {

        /** After the filter for forwarded headers, which has the highest precedence. */
        private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 20;

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @ConditionalOnBooleanProperty(name = "retrykit.http.server.enabled", matchIfMissing = true)
        ExhaustedFailureResolver retrykitGivenUpResolver() {
            return new ExhaustedFailureResolver();
        }

        @Bean
        @ConditionalOnMissingBean(name = "retrykitInboundRequestFilter", search = SearchStrategy.CURRENT)
        @ConditionalOnBooleanProperty(name = "retrykit.http.server.enabled", matchIfMissing = true)
        FilterRegistrationBean<InboundRequestFilter> retrykitInboundRequestFilter() {
            FilterRegistrationBean<InboundRequestFilter> registration =
                    new FilterRegistrationBean<>(new InboundRequestFilter());
            registration.setDispatcherTypes(DispatcherType.REQUEST);
            registration.setOrder(ORDER);
            return registration;
        }

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        CallerDeadlineReader retrykitDeadlines(ConfiguredSettings settings, TimeSource time) {
            return new CallerDeadlineReader(settings, time);
        }

        @Bean
        @ConditionalOnMissingBean(name = "retrykitDeadlineFilter", search = SearchStrategy.CURRENT)
        FilterRegistrationBean<DeadlineFilter> retrykitDeadlineFilter(CallerDeadlineReader deadlines) {
            FilterRegistrationBean<DeadlineFilter> registration =
                    new FilterRegistrationBean<>(new DeadlineFilter(deadlines));
            registration.setDispatcherTypes(DispatcherType.REQUEST);
            registration.setOrder(ORDER);
            registration.setEnabled(!deadlines.isEmpty());
            return registration;
        }
    }

    /** For WebFlux. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = Type.REACTIVE)
    @ConditionalOnClass({WebFluxConfigurer.class, WebHttpHandlerBuilderCustomizer.class})
    @ConditionalOnBean(ConfiguredSettings.class)
    @Conditional(OnRetrykitEnabled.class)
    static class WebFlux {

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @ConditionalOnBooleanProperty(name = "retrykit.http.server.enabled", matchIfMissing = true)
        ExhaustedFailureHandler retrykitGivenUpHandler() {
            return new ExhaustedFailureHandler();
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE + 20)
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        @ConditionalOnBooleanProperty(name = "retrykit.http.server.enabled", matchIfMissing = true)
        InboundRequestWebFilter retrykitInboundRequestWebFilter() {
            return new InboundRequestWebFilter();
        }

        @Bean
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        CallerDeadlineReader retrykitDeadlines(ConfiguredSettings settings, TimeSource time) {
            return new CallerDeadlineReader(settings, time);
        }

        /** Outside the handling of forwarded headers, to see the address of the connection. */
        @Bean
        @ConditionalOnMissingBean(name = "retrykitPeers", search = SearchStrategy.CURRENT)
        WebHttpHandlerBuilderCustomizer retrykitPeers(CallerDeadlineReader deadlines) {
            return builder -> {
                if (!deadlines.isEmpty()) {
                    builder.httpHandlerDecorator(DeadlineWebFilter::notingPeers);
                }
            };
        }

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE + 20)
        @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
        DeadlineWebFilter retrykitDeadlineWebFilter(CallerDeadlineReader deadlines) {
            return new DeadlineWebFilter(deadlines);
        }
    }
}
