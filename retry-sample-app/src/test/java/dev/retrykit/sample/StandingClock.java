package dev.retrykit.sample;

import dev.retrykit.time.ManualTime;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** Delays and open times pass when the test says so. */
@TestConfiguration(proxyBeanMethods = false)
class StandingClock {

    @Bean
    ManualTime time() {
        return new ManualTime();
    }
}
