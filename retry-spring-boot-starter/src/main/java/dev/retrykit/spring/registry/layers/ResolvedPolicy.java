package dev.retrykit.spring.registry.layers;

import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingKey;
import dev.retrykit.spring.settings.resolution.Resolved;
import dev.retrykit.spring.settings.resolution.RetryPolicyFactory;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of a policy.
 *
 * @param section the policy's key, for messages
 * @param policy the settings, including those of its own budget
 * @param budget the budget that its retries spend
 */
public record ResolvedPolicy(String section, Resolved<RetryPolicy> policy, Budget budget) {

    /** Either the policy's own budget, or one that policies share by its name. */
    public sealed interface Budget {

        /** A budget with settings of the policy. */
        record Own(BudgetPolicy policy) implements Budget {}

        /**
         * A budget that is configured by name.
         *
         * @param user what refers to it, for messages
         */
        record Shared(String name, String user) implements Budget {}
    }

    /** Settings that are read once, when methods, guards and calls are set up. */
    private static final List<SettingKey<?>> FIXED = List.of(PolicySettings.BUDGET_NAME, PolicySettings.RETRY_PARTIAL);

    /**
     * Checks that the policy can change to other settings at run time.
     *
     * @throws InvalidSettingException if a setting differs that only a restart can change
     */
    public void checkCanBecome(ResolvedPolicy other) {
        for (SettingKey<?> key : FIXED) {
            if (!Objects.equals(key.in(policy.settings()), key.in(other.policy.settings()))) {
                throw fixed(key.name(), other.policy.settings().get(key.name()));
            }
        }
    }

    /**
     * Checks that the source of idempotency keys is still the original one, or none.
     *
     * @param first the source when methods were set up; null if there was none
     * @throws InvalidSettingException if it is another source
     */
    public void checkKey(@Nullable String first) {
        String key = idempotencyKey();
        if (key != null && !key.equals(first)) {
            String name = PolicySettings.IDEMPOTENCY_KEY.name();
            throw fixed(name, policy.settings().get(name));
        }
    }

    /** The source of idempotency keys; null = no keys. */
    @Nullable
    public String idempotencyKey() {
        String text = PolicySettings.IDEMPOTENCY_KEY.in(policy.settings(), RetryPolicyFactory.NO_KEYS);
        return text.equals(RetryPolicyFactory.NO_KEYS) ? null : text;
    }

    private InvalidSettingException fixed(String key, @Nullable Setting setting) {
        return new InvalidSettingException(
                section + "." + key + " cannot change while the application is running"
                        + (setting == null ? "." : ": " + setting.shown() + " (" + setting.origin() + ")."),
                "Keep the current value, or restart the application.");
    }
}
