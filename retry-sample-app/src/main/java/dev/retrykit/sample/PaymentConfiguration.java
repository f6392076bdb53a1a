package dev.retrykit.sample;

import dev.retrykit.sample.fault.Dice;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Registers the filter that loses responses; not a component, so that slice tests do not include it. */
@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {

    @Bean
    LostResponses lostResponses(Dice dice) {
        return new LostResponses(dice);
    }
}
