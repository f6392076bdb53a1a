package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.JettyFailures;
import org.eclipse.jetty.client.HttpClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;

/** What the failures of Jetty's HTTP client mean. */
@AutoConfiguration(after = RetrykitNettyAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(HttpClient.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitJettyAutoConfiguration {

    RetrykitJettyAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitJettyFailures")
    JettyFailures retrykitJettyFailures() {
        return new JettyFailures();
    }
}
