package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.http.JdkClientStatus;
import java.net.http.HttpResponse;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Classifies the statuses of the JDK's HTTP client. A small run-time image may lack its module. */
@AutoConfiguration(before = RetrykitAutoConfiguration.class)
@ConditionalOnClass(HttpResponse.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitJdkClientAutoConfiguration {

    RetrykitJdkClientAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitJdkClientStatus")
    JdkClientStatus retrykitJdkClientStatus() {
        return new JdkClientStatus();
    }
}
