package dev.retrykit.spring.settings;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The configuration under {@code retrykit.*}. A value that is not configured is null, so that a lower layer applies.
 *
 * @param enabled Whether to enable retrykit. If false, its annotations have no effect. Default true.
 * @param strict Whether an unknown key under retrykit fails startup. If false, it is only logged as a warning. Default
 *     true.
 * @param defaults Default settings of all policies, circuits and budgets.
 * @param policies Retry policies by name. For an annotation without a name, use [SimpleClass.method].
 * @param circuits Circuits by name. For an annotation without a name, use [SimpleClass.method].
 * @param budgets Retry budgets by name. All policies whose budget.name is the same share one budget.
 * @param failures How to classify exceptions: the full name of an exception class and a rule such as status(getCode,
 *     getResponseHeaders), flag(isRetryable), transient, throttled, answered, permanent, neutral or unknown-effect.
 * @param http HTTP settings, for clients and servers.
 * @param idempotency Settings of idempotent methods.
 * @param aspect How annotations are applied, and the order of retries among other aspects.
 */
@ConfigurationProperties("retrykit")
public record RetrykitProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("true") boolean strict,
        @DefaultValue Defaults defaults,
        @DefaultValue Map<String, PolicySettings> policies,
        @DefaultValue Map<String, CircuitSettings> circuits,
        @DefaultValue Map<String, BudgetSettings> budgets,
        @DefaultValue Map<String, String> failures,
        @DefaultValue @NestedConfigurationProperty HttpSettings http,
        @DefaultValue @NestedConfigurationProperty IdempotencySettings idempotency,
        @DefaultValue Aspect aspect) {

    /** No settings: all defaults. */
    public static final RetrykitProperties EMPTY = new RetrykitProperties(
            true,
            true,
            new Defaults(null, null, null),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            HttpSettings.EMPTY,
            IdempotencySettings.EMPTY,
            new Aspect(AspectMode.PROXY, null));

    /**
     * Default settings of all policies, circuits and budgets.
     *
     * @param policy Default settings of all policies.
     * @param circuit Default settings of all circuits.
     * @param budget Default settings of all budgets, shared or of a single policy.
     */
    public record Defaults(
            @NestedConfigurationProperty @Nullable PolicySettings policy,
            @NestedConfigurationProperty @Nullable CircuitSettings circuit,
            @NestedConfigurationProperty @Nullable BudgetSettings budget) {}

    /**
     * The way in which annotations are applied, and the order of retries among other aspects.
     *
     * @param mode How annotations are applied: proxy (Spring proxies of beans) or aspectj (classes woven by AspectJ).
     *     Default proxy.
     * @param order Order of the bean post-processor that adds retries. A post-processor with a higher order, such as
     *     that of @Async, runs outside the retries. By default, one of the last, just before the post-processor for
     *     idempotency keys.
     */
    public record Aspect(
            @DefaultValue("proxy") AspectMode mode,
            @Nullable Integer order) {}
}
