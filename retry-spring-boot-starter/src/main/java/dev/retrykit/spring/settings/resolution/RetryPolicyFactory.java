package dev.retrykit.spring.settings.resolution;

import dev.retrykit.NestedRetries;
import dev.retrykit.RetryAfterSharing;
import dev.retrykit.RetryPolicy;
import dev.retrykit.RetryPolicy.Builder;
import dev.retrykit.UnsafeMethods;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.failure.InvalidPolicyException;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.SettingKey;
import dev.retrykit.spring.settings.binding.LenientConversion;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;
import java.util.List;
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

    private static final SettingKey<Boolean> RESPECT_RETRY_AFTER = SettingKey.of("retry-after.respect", Boolean.class);
    private static final SettingKey<Duration> MAX_RETRY_AFTER = SettingKey.of("retry-after.max", Duration.class);

    /** The settings of a policy, except those of its own budget. */
    static final SettingsTable<RetryPolicy, Builder> TABLE = new SettingsTable<RetryPolicy, Builder>()
            .other(SettingKey.BASE)
            .other(PolicySettings.ENABLED)
            .row(SettingKey.of("dry-run", Boolean.class), Builder::dryRun, RetryPolicy::isDryRun)
            .row(PolicySettings.MAX_ATTEMPTS, Builder::maxAttempts, RetryPolicy::maxAttempts)
            .row(
                    PolicySettings.ATTEMPT_TIMEOUT,
                    (builder, timeout) -> builder.attemptTimeout(timeout.isZero() ? null : timeout),
                    policy -> policy.attemptTimeout().orElse(null))
            .shown(PolicySettings.BACKOFF_STRATEGY, ofBackoff(BackoffPolicy::strategy))
            .shown(PolicySettings.BACKOFF_DELAY, ofBackoff(BackoffPolicy::delay), "delay")
            .shown(PolicySettings.BACKOFF_MULTIPLIER, ofBackoff(BackoffPolicy::multiplier), "multiplier")
            .shown(PolicySettings.BACKOFF_MAX_DELAY, ofBackoff(BackoffPolicy::maxDelay), "maxDelay")
            .other(PolicySettings.BACKOFF_FUNCTION)
            .row(PolicySettings.JITTER, Builder::jitter, RetryPolicy::jitter)
            .row(PolicySettings.BUDGET_TIME, Builder::timeBudget, RetryPolicy::timeBudget, "timeBudget")
            .other(PolicySettings.BUDGET_NAME)
            .taken(PolicySettings.RETRY_ON, Builder::retryOn)
            .taken(PolicySettings.ABORT_ON, Builder::abortOn)
            .taken(PolicySettings.KNOWN_FAILURES, Builder::knownFailures)
            .other(PolicySettings.RETRY_ON_RESULT)
            .taken(PolicySettings.STATUSES, (builder, statuses) -> builder.statuses(checked(statuses)))
            .shown(RESPECT_RETRY_AFTER, RetryPolicy::respectsRetryAfter)
            .shown(MAX_RETRY_AFTER, RetryPolicy::maxRetryAfter, "retryAfter max")
            .row(
                    SettingKey.of("retry-after.shared", RetryAfterSharing.class),
                    Builder::retryAfterSharing,
                    RetryPolicy::retryAfterSharing)
            .row(SettingKey.of("nested", NestedRetries.class), Builder::nested, RetryPolicy::nested)
            .taken(SettingKey.of("idempotent", Boolean.class), Builder::idempotent)
            .taken(PolicySettings.IDEMPOTENCY_KEY, (builder, key) -> builder.sendsKeys(key.equals(AUTO)))
            .row(
                    SettingKey.of("unsafe-methods", UnsafeMethods.class),
                    Builder::unsafeMethods,
                    RetryPolicy::unsafeMethods)
            .other(PolicySettings.RETRY_PARTIAL);

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
                section, written, TABLE, () -> base(parts).build());
        RetryPolicy policy = RejectedSettings.translated(
                section, written, TABLE, () -> builder(written, parts).build());
        Resolved<RetryPolicy> effective = Resolved.of(policy, RetryPolicy.defaults(), base, written, TABLE);
        return written.value(PolicySettings.ENABLED, true)
                ? effective
                : effective.as(builder(written, parts).maxAttempts(1).build());
    }

    private static Function<RetryPolicy, @Nullable Object> ofBackoff(Function<BackoffPolicy, Object> getter) {
        return policy -> getter.apply(policy.backoff());
    }

    /** A builder with the customized defaults. */
    private static Builder base(PolicyExtensions parts) {
        Builder base = RetryPolicy.builder();
        parts.customizer().accept(base);
        return base;
    }

    private static Builder builder(SettingsLayer written, PolicyExtensions parts) {
        Builder builder = base(parts);
        RetryPolicy base = builder.build();
        TABLE.take(written, builder);
        builder.retryAfter(
                written.value(RESPECT_RETRY_AFTER, base.respectsRetryAfter()),
                written.value(MAX_RETRY_AFTER, base.maxRetryAfter()));
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
        return written.value(PolicySettings.BACKOFF_STRATEGY) != null
                || written.value(PolicySettings.BACKOFF_MULTIPLIER) != null;
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
        Duration max = written.value(PolicySettings.BACKOFF_MAX_DELAY);
        Duration delay = written.value(PolicySettings.BACKOFF_DELAY);
        if (delay == null) {
            delay = max == null ? defaults.delay() : shorter(defaults.delay(), max);
        }
        if (max == null) {
            max = longer(defaults.maxDelay(), delay);
        }
        return BackoffPolicy.of(
                written.value(PolicySettings.BACKOFF_STRATEGY, defaults.strategy()),
                delay,
                written.value(PolicySettings.BACKOFF_MULTIPLIER, defaults.multiplier()),
                max);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
