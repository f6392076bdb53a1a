package dev.retrykit.spring.customize;

import dev.retrykit.RetryPolicy;

/**
 * A bean that changes what retry policies begin with, in place of the library's defaults. Annotations and
 * {@code application.yml} come after it and overrule it, so that operations can always overrule code; what they can't say,
 * such as a classifier for one policy, stays. Several are asked in their order.
 */
@FunctionalInterface
public interface PolicyCustomizer {

    /**
     * Changes one policy, when it is made.
     *
     * @param name the policy's name, {@code SimpleClass.method} for an annotation without one
     * @param policy holds the library's defaults and what customizers before this one have set
     */
    void customize(String name, RetryPolicy.Builder policy);
}
