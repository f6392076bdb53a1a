package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.failure.NettyFailures;
import io.netty.handler.timeout.TimeoutException;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;

/** What Netty's time-outs mean, where Netty is: a commit that timed out is a commit first. */
@AutoConfiguration(after = RetrykitDataAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(TimeoutException.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitNettyAutoConfiguration {

    RetrykitNettyAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitNettyFailures")
    NettyFailures retrykitNettyFailures() {
        return new NettyFailures();
    }
}
