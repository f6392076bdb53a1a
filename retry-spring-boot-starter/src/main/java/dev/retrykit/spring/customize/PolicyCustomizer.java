package dev.retrykit.spring.customize;

import dev.retrykit.RetryPolicy;

/**
 * A bean that changes the defaults of retry policies. Annotations and {@code application.yml} override it, so that
 * operations can always override code. Parts that they cannot express, such as a classifier for one policy, remain.
 * Several customizers are called in their order.
 */
@FunctionalInterface
public interface PolicyCustomizer {

    /**
     * Customizes one policy when it is created.
     *
     * @param name the policy's name; {@code SimpleClass.method} for an annotation without a name
     * @param policy the builder, with the library's defaults and the changes of earlier customizers
     */
    void customize(String name, RetryPolicy.Builder policy);
}
