package dev.retrykit.spring.settings.resolution;

import dev.retrykit.NestedRetries;
import dev.retrykit.RetryAfterSharing;
import dev.retrykit.RetryPolicy;
import dev.retrykit.UnsafeMethods;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.backoff.Strategy;
import dev.retrykit.failure.InvalidPolicyException;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.LenientConversion;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds retry policies from configured settings. A default that conflicts with a configured value is adjusted to it.
 */
public final class RetryPolicyFactory {

    /** In place of an expression: random keys. */
    public static final String AUTO = "auto";

    /** In place of an expression: no keys, regardless of lower layers. */
    public static final String NO_KEYS = LenientConversion.NO_KEYS;

    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("maxAttempts", "max-attempts"),
            Map.entry("attemptTimeout", "attempt-timeout"),
            Map.entry("timeBudget", "budget.time"),
            Map.entry("delay", "backoff.delay"),
            Map.entry("maxDelay", "backoff.max-delay"),
            Map.entry("multiplier", "backoff.multiplier"),
            Map.entry("statuses", "statuses"),
            Map.entry("retryAfter max", "retry-after.max"));

    private static final Map<String, Function<RetryPolicy, @Nullable Object>> READERS = readers();

    private static final int LOWEST_STATUS = 100;
    private static final int HIGHEST_STATUS = 599;

    private RetryPolicyFactory() {}

    /**
     * Builds a retry policy.
     *
     * @param section the key of the policy, for messages
     * @param written the settings of all layers, merged
     * @param parts the parts of the policy that are not settings
     * @throws InvalidSettingException if a setting is out of range or contradicts another
     */
    public static Resolved<RetryPolicy> policy(String section, SettingsLayer written, PolicyExtensions parts) {
        RetryPolicy base = RejectedSettings.translated(
                section, written, KEYS, () -> base(parts).build());
        RetryPolicy policy = RejectedSettings.translated(
                section, written, KEYS, () -> builder(written, parts).build());
        Resolved<RetryPolicy> effective = Resolved.of(policy, RetryPolicy.defaults(), base, written, READERS);
        return written.value("enabled", Boolean.class, true)
                ? effective
                : effective.as(builder(written, parts).maxAttempts(1).build());
    }

    /** The HTTP statuses that the policy retries; null = the default rules. */
    @SuppressWarnings("unchecked")
    public static @Nullable List<Integer> statuses(SettingsLayer written) {
        return (List<Integer>) written.value("statuses", List.class);
    }

    /** Whether this policy retries the failures and statuses that the library knows to be transient. */
    public static boolean trustsKnownFailures(SettingsLayer written) {
        return written.value("known-failures", Boolean.class, true);
    }

    /** The names of the beans that classify returned values. */
    @SuppressWarnings("unchecked")
    public static List<String> resultClassifiers(SettingsLayer written) {
        return (List<String>) written.value("retry-on-result", List.class, List.of());
    }

    /** A builder with the customized defaults. */
    private static RetryPolicy.Builder base(PolicyExtensions parts) {
        RetryPolicy.Builder base = RetryPolicy.builder();
        parts.customizer().accept(base);
        return base;
    }

    @SuppressWarnings("unchecked")
    private static RetryPolicy.Builder builder(SettingsLayer written, PolicyExtensions parts) {
        RetryPolicy.Builder builder = base(parts);
        RetryPolicy base = builder.build();
        written.take("max-attempts", Integer.class, builder::maxAttempts);
        written.take("dry-run", Boolean.class, builder::dryRun);
        written.take(
                "attempt-timeout",
                Duration.class,
                timeout -> builder.attemptTimeout(timeout.isZero() ? null : timeout));
        written.take("budget.time", Duration.class, builder::timeBudget);
        written.take("jitter", Jitter.class, builder::jitter);
        written.take("nested", NestedRetries.class, builder::nested);
        written.take("idempotent", Boolean.class, builder::idempotent);
        written.take("unsafe-methods", UnsafeMethods.class, builder::unsafeMethods);
        written.take("idempotency-key", String.class, key -> builder.sendsKeys(key.equals(AUTO)));
        written.take("retry-on", List.class, builder::retryOn);
        written.take("abort-on", List.class, builder::abortOn);
        written.take("known-failures", Boolean.class, builder::knownFailures);
        builder.retryAfter(
                written.value("retry-after.respect", Boolean.class, base.respectsRetryAfter()),
                written.value("retry-after.max", Duration.class, base.maxRetryAfter()));
        written.take("retry-after.shared", RetryAfterSharing.class, builder::retryAfterSharing);
        written.take("statuses", List.class, statuses -> builder.statuses(checked(statuses)));
        parts.failures().forEach(builder::classifier);
        parts.results().forEach(builder::resultClassifier);
        if (parts.delay() != null) {
            builder.delay(parts.delay());
        }
        BackoffPolicy backoff = backoff(written, base.backoff());
        return writesStrategy(written)
                ? builder.backoff(backoff)
                : builder.backoff(backoff.delay(), backoff.maxDelay());
    }

    /**
     * Whether a strategy or multiplier is configured. If so, the default jitter is equal instead of decorrelated, which
     * ignores both.
     */
    private static boolean writesStrategy(SettingsLayer written) {
        return written.value("backoff.strategy", Strategy.class) != null
                || written.value("backoff.multiplier", Double.class) != null;
    }

    private static List<Integer> checked(List<Integer> statuses) {
        for (int status : statuses) {
            if (status < LOWEST_STATUS || status > HIGHEST_STATUS) {
                throw new InvalidPolicyException(
                        "statuses", "must be " + LOWEST_STATUS + " to " + HIGHEST_STATUS, status);
            }
        }
        return statuses;
    }

    private static BackoffPolicy backoff(SettingsLayer written, BackoffPolicy defaults) {
        Duration max = written.value("backoff.max-delay", Duration.class);
        Duration delay = written.value("backoff.delay", Duration.class);
        if (delay == null) {
            delay = max == null ? defaults.delay() : shorter(defaults.delay(), max);
        }
        if (max == null) {
            max = longer(defaults.maxDelay(), delay);
        }
        return BackoffPolicy.of(
                written.value("backoff.strategy", Strategy.class, defaults.strategy()),
                delay,
                written.value("backoff.multiplier", Double.class, defaults.multiplier()),
                max);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Map<String, Function<RetryPolicy, @Nullable Object>> readers() {
        Map<String, Function<RetryPolicy, @Nullable Object>> readers = new LinkedHashMap<>();
        readers.put("base", policy -> null);
        readers.put("enabled", policy -> null);
        readers.put("dry-run", RetryPolicy::isDryRun);
        readers.put("max-attempts", RetryPolicy::maxAttempts);
        readers.put("attempt-timeout", policy -> policy.attemptTimeout().orElse(null));
        readers.put("backoff.strategy", policy -> policy.backoff().strategy());
        readers.put("backoff.delay", policy -> policy.backoff().delay());
        readers.put("backoff.multiplier", policy -> policy.backoff().multiplier());
        readers.put("backoff.max-delay", policy -> policy.backoff().maxDelay());
        readers.put("backoff.function", policy -> null);
        readers.put("jitter", RetryPolicy::jitter);
        readers.put("budget.time", RetryPolicy::timeBudget);
        readers.put("budget.name", policy -> null);
        readers.put("retry-on", policy -> null);
        readers.put("abort-on", policy -> null);
        readers.put("known-failures", policy -> null);
        readers.put("retry-on-result", policy -> null);
        readers.put("statuses", policy -> null);
        readers.put("retry-after.respect", RetryPolicy::respectsRetryAfter);
        readers.put("retry-after.max", RetryPolicy::maxRetryAfter);
        readers.put("retry-after.shared", RetryPolicy::retryAfterSharing);
        readers.put("nested", RetryPolicy::nested);
        readers.put("idempotent", policy -> null);
        readers.put("idempotency-key", policy -> null);
        readers.put("unsafe-methods", RetryPolicy::unsafeMethods);
        readers.put("retry-partial", policy -> null);
        return readers;
    }
}
