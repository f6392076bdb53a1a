package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.RestClientStatus;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.client.RestClientResponseException;

/** What the statuses of Spring's blocking HTTP clients mean. */
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
}
