package dev.retrykit.spring.settings;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * All that stands under {@code retrykit.*}. What isn't written is null: the layers below decide.
 *
 * @param enabled whether annotations take effect at all
 * @param strict whether an unknown key fails the start; otherwise it is a warning
 * @param defaults what holds for every policy, circuit and budget that says nothing else
 * @param policies retry policies by name; [SimpleClass.method] is the name of an annotation without one
 * @param circuits circuits by name
 * @param budgets retry budgets that several policies share, by name
 * @param failures what exceptions mean: the full name of a class, and a line such as status(getCode, getResponseHeaders),
 *     flag(isRetryable), transient, throttled, answered, permanent, neutral or unknown-effect
 * @param http what holds for HTTP, on both sides
 * @param idempotency what holds for idempotent methods
 * @param aspect how annotations take effect, and where retries stand among other aspects
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

    /** Nothing is written at all. */
    static final RetrykitProperties EMPTY = new RetrykitProperties(
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
     * What holds for every policy, circuit and budget that says nothing else.
     *
     * @param policy for every policy
     * @param circuit for every circuit
     * @param budget for every budget, shared or a policy's own
     */
    public record Defaults(
            @NestedConfigurationProperty @Nullable PolicySettings policy,
            @NestedConfigurationProperty @Nullable CircuitSettings circuit,
            @NestedConfigurationProperty @Nullable BudgetSettings budget) {}

    /**
     * How annotations take effect, and where retries stand among other aspects.
     *
     * @param mode whether beans get proxies, or classes were woven by AspectJ
     * @param order the order of the post-processor that adds retries; a later one, such as that of @Async, stands
     *     outside of them. Default: among the last, before idempotency keys
     */
    public record Aspect(
            @DefaultValue("proxy") AspectMode mode,
            @Nullable Integer order) {}
}
