package dev.retrykit.spring.registry;

import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Resolved;
import dev.retrykit.spring.settings.RetryPolicyFactory;
import dev.retrykit.spring.settings.Setting;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What all layers together say about a policy.
 *
 * @param section its key, for messages
 * @param policy the settings, those of a budget of its own included
 * @param sharedBudget the name of the budget that it shares with others; null if it has one of its own
 * @param ownBudget the settings of its own budget; null if it has none
 */
record ResolvedPolicy(
        String section,
        Resolved<RetryPolicy> policy,
        @Nullable Setting sharedBudget,
        @Nullable BudgetPolicy ownBudget) {

    /** What methods, guards and calls have taken for good when they were made. */
    private static final List<String> FIXED = List.of("budget.name", "retry-partial");

    private static final String KEY = "idempotency-key";

    /**
     * Checks that a running application can take other terms.
     *
     * @throws InvalidSettingException if they differ in something that only a restart changes
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
     * Checks that methods can have these idempotency keys, which are those that they began with, or none.
     *
     * @param first what made keys when they were made; null if there were none
     * @throws InvalidSettingException if other keys are wanted
     */
    void checkKey(@Nullable String first) {
        String key = idempotencyKey();
        if (key != null && !key.equals(first)) {
            throw fixed(KEY, policy.settings().get(KEY));
        }
    }

    /** What makes idempotency keys; null if there are none. */
    @Nullable
    String idempotencyKey() {
        Setting key = policy.settings().get(KEY);
        String text = key == null ? RetryPolicyFactory.NO_KEYS : String.valueOf(key.value());
        return text.equals(RetryPolicyFactory.NO_KEYS) ? null : text;
    }

    private InvalidSettingException fixed(String key, @Nullable Setting setting) {
        return new InvalidSettingException(
                section + "." + key + " can't change while the application runs"
                        + (setting == null ? "." : ": " + setting.shown() + " (" + setting.origin() + ")."),
                "Leave it as it is, or restart the application.");
    }

    private static @Nullable Object value(@Nullable Setting setting) {
        return setting == null ? null : setting.value();
    }
}
