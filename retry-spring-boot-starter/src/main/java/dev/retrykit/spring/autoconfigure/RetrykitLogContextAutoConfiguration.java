package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.observe.MdcCarrier;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** Propagates the logging context (MDC) to the threads of retries, if SLF4J is present. */
@AutoConfiguration
@ConditionalOnClass(MDC.class)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitLogContextAutoConfiguration {

    RetrykitLogContextAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(name = "retrykitLogContext")
    MdcCarrier retrykitLogContext() {
        return new MdcCarrier();
    }
}
