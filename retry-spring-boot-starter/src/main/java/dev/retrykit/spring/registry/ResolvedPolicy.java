package dev.retrykit.spring.registry;

import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Setting;
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
 * @param sharedBudget the name of the shared budget; null if the policy has its own
 * @param ownBudget the settings of its own budget; null if it shares one
 */
record ResolvedPolicy(
        String section,
        Resolved<RetryPolicy> policy,
        @Nullable Setting sharedBudget,
        @Nullable BudgetPolicy ownBudget) {

    /** Settings that are read once, when methods, guards and calls are set up. */
    private static final List<String> FIXED = List.of("budget.name", "retry-partial");

    private static final String KEY = "idempotency-key";

    /**
     * Checks that the policy can change to other settings at run time.
     *
     * @throws InvalidSettingException if a setting differs that only a restart can change
     */
    void checkCanBecome(ResolvedPolicy other) {
        for (String key : FIXED) {
            Setting setting = other.policy.settings().get(key);
            if (!Objects.equals(value(policy.settings().get(key)), value(setting))) {
                throw fixed(key, setting);
            }
        }
        if ((ownBudget == null) != (other.ownBudget == null)) {
            throw fixed("budget", other.sharedBudget);
        }
    }

    /**
     * Checks that the source of idempotency keys is still the original one, or none.
     *
     * @param first the source when methods were set up; null if there was none
     * @throws InvalidSettingException if it is another source
     */
    void checkKey(@Nullable String first) {
        String key = idempotencyKey();
        if (key != null && !key.equals(first)) {
            throw fixed(KEY, policy.settings().get(KEY));
        }
    }

    /** The source of idempotency keys; null = no keys. */
    @Nullable
    String idempotencyKey() {
        Setting key = policy.settings().get(KEY);
        String text = key == null ? RetryPolicyFactory.NO_KEYS : String.valueOf(key.value());
        return text.equals(RetryPolicyFactory.NO_KEYS) ? null : text;
    }

    private InvalidSettingException fixed(String key, @Nullable Setting setting) {
        return new InvalidSettingException(
                section + "." + key + " cannot change while the application is running"
                        + (setting == null ? "." : ": " + setting.shown() + " (" + setting.origin() + ")."),
                "Keep the current value, or restart the application.");
    }

    private static @Nullable Object value(@Nullable Setting setting) {
        return setting == null ? null : setting.value();
    }
}
