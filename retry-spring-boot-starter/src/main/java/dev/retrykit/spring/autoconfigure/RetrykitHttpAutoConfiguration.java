package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.http.RestClientStatus;
import dev.retrykit.spring.failure.http.WebClientStatus;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** Classifies the statuses of Spring's HTTP clients. */
@AutoConfiguration(before = RetrykitAutoConfiguration.class)
@ConditionalOnClass(RestClientResponseException.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitHttpAutoConfiguration {

    RetrykitHttpAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitRestClientStatus")
    RestClientStatus retrykitRestClientStatus() {
        return new RestClientStatus();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebClientResponseException.class)
    static class Reactive {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitWebClientStatus")
        WebClientStatus retrykitWebClientStatus() {
            return new WebClientStatus();
        }
    }
}
