package dev.retrykit.sample;

import dev.retrykit.sample.fault.Dice;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is in the way of payments; not a component, so that tests of a slice don't get it. */
@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {

    @Bean
    LostAnswers lostAnswers(Dice dice) {
        return new LostAnswers(dice);
    }
}
