package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.settings.WrittenSettings;
import dev.retrykit.spring.web.DeadlineWebFilter;
import dev.retrykit.spring.web.Deadlines;
import dev.retrykit.spring.web.GivenUpHandler;
import dev.retrykit.spring.web.InboundRequestWebFilter;
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

/** The server side of WebFlux. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnClass({WebFluxConfigurer.class, WebHttpHandlerBuilderCustomizer.class})
@ConditionalOnBean(WrittenSettings.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitWebFluxAutoConfiguration {

    RetrykitWebFluxAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @ConditionalOnBooleanProperty(name = "retrykit.http.server.enabled", matchIfMissing = true)
    GivenUpHandler retrykitGivenUpHandler() {
        return new GivenUpHandler();
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
    Deadlines retrykitDeadlines(WrittenSettings settings, TimeSource time) {
        return new Deadlines(settings, time);
    }

    /** Outside of what makes addresses of forwarded headers. */
    @Bean
    @ConditionalOnMissingBean(name = "retrykitPeers", search = SearchStrategy.CURRENT)
    WebHttpHandlerBuilderCustomizer retrykitPeers(Deadlines deadlines) {
        return builder -> {
            if (!deadlines.isEmpty()) {
                builder.httpHandlerDecorator(DeadlineWebFilter::notingPeers);
            }
        };
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 20)
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    DeadlineWebFilter retrykitDeadlineWebFilter(Deadlines deadlines) {
        return new DeadlineWebFilter(deadlines);
    }
}
