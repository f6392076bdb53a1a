package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.server.CallerDeadlineReader;
import dev.retrykit.spring.server.DeadlineFilter;
import dev.retrykit.spring.server.ExhaustedFailureResolver;
import dev.retrykit.spring.server.InboundRequestFilter;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.time.TimeSource;
import jakarta.servlet.DispatcherType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Configures the server side of Spring MVC. */
@AutoConfiguration(after = RetrykitAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({WebMvcConfigurer.class, FilterRegistrationBean.class})
@ConditionalOnBean(ConfiguredSettings.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitWebMvcAutoConfiguration {

    /** After the filter for forwarded headers, which has the highest precedence. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 20;

    RetrykitWebMvcAutoConfiguration() {}

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
