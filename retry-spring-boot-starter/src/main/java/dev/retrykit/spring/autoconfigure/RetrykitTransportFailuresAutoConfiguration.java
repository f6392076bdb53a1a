package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.http.JettyFailures;
import dev.retrykit.spring.failure.http.MalformedResponses;
import dev.retrykit.spring.failure.http.WebClientFailures;
import org.eclipse.jetty.client.HttpClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.WebClientException;

/** Classifies failures of HTTP transports that have their own exception types or messages. */
@AutoConfiguration(after = RetrykitDataAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitTransportFailuresAutoConfiguration {

    RetrykitTransportFailuresAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitBrokenAnswers")
    MalformedResponses retrykitBrokenAnswers() {
        return new MalformedResponses();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HttpClient.class)
    static class Jetty {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitJettyFailures")
        JettyFailures retrykitJettyFailures() {
            return new JettyFailures();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(WebClientException.class)
    static class Reactive {

        @Bean
        @ConditionalOnMissingBean(name = "retrykitWebClientFailures")
        WebClientFailures retrykitWebClientFailures() {
            return new WebClientFailures();
        }
    }
}
