package dev.retrykit.documentation;

import java.util.ArrayList;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.retry.annotation.EnableRetry;
import org.springframework.retry.backoff.Sleeper;

/** What switches the libraries on that users come from. */
final class Libraries {

    /** How long those that sleep by something one can replace would have slept, in milliseconds. */
    static final List<Long> SLEPT = new ArrayList<>();

    private Libraries() {}

    @Configuration(proxyBeanMethods = false)
    @EnableRetry
    static class SpringRetry {

        @Bean
        Sleeper sleeper() {
            return SLEPT::add;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableResilientMethods
    static class Spring7 {}

    @Configuration(proxyBeanMethods = false)
    @EnableAspectJAutoProxy
    static class AspectJ {}
}
