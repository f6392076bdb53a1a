package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.server.CallerDeadlineReader;
import dev.retrykit.spring.server.DeadlineWebFilter;
import dev.retrykit.spring.server.ExhaustedFailureHandler;
import dev.retrykit.spring.server.InboundRequestWebFilter;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.time.TimeSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/** Configures the server side of WebFlux. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnClass({WebFluxConfigurer.class, WebHttpHandlerBuilderCustomizer.class})
@ConditionalOnBean(ConfiguredSettings.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitWebFluxAutoConfiguration {

    RetrykitWebFluxAutoConfiguration() {}

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
