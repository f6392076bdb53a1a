package dev.retrykit.spring.settings.resolution;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.util.List;
import java.util.Objects;

/** Merges the layers of a policy's settings: annotation, configuration, runtime changes and defaults. */
public final class PolicyLayers {

    private static final String PREFIX = "budget.";
    private static final String NAME = PolicySettings.BUDGET_NAME.name();
    private static final int LONGEST_NAME = 100;

    private PolicyLayers() {}

    /**
     * Merges two layers of a policy's settings. A policy either names a shared budget or has its own budget settings;
     * the upper layer decides which, and the other kind is dropped from the lower layer.
     *
     * @param section the policy's key, for messages
     * @throws InvalidSettingException if one layer contains both kinds
     */
    public static SettingsLayer over(String section, SettingsLayer upper, SettingsLayer lower) {
        checkNotBoth(section, upper);
        checkNotBoth(section, lower);
        boolean inline = !inline(upper).isEmpty();
        boolean named = upper.setting(NAME) != null;
        return upper.over(lower.without(key -> inline && key.equals(NAME) || named && isInline(key)));
    }

    private static void checkNotBoth(String section, SettingsLayer policy) {
        Setting name = policy.setting(NAME);
        List<String> inline = inline(policy);
        if (name != null && !inline.isEmpty()) {
            Setting first = Objects.requireNonNull(policy.setting(inline.get(0)));
            String quoted = MessageText.line(String.valueOf(name.value()), LONGEST_NAME);
            throw new InvalidSettingException(
                    "Invalid settings for " + section + ": budget.name refers to a budget under retrykit.budgets, so "
                            + inline.get(0) + " cannot be set next to it.\n"
                            + "\n    " + section + ".budget.name = " + quoted + " (" + name.origin() + ")"
                            + "\n    " + section + "." + inline.get(0) + " = " + MessageText.of(first.value()) + " ("
                            + first.origin() + ")",
                    "Move the setting to retrykit.budgets." + quoted + ", or remove the name.");
        }
    }

    private static List<String> inline(SettingsLayer policy) {
        return policy.settings().keySet().stream()
                .filter(PolicyLayers::isInline)
                .sorted()
                .toList();
    }

    private static boolean isInline(String key) {
        return BudgetPolicyFactory.TABLE.rows().stream().anyMatch(row -> key.equals(PREFIX + row.key()));
    }
}
