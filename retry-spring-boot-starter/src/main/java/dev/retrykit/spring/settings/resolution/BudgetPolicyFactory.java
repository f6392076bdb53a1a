package dev.retrykit.spring.settings.resolution;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.BudgetPolicy.Builder;
import dev.retrykit.spring.settings.BudgetSettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.SettingKey;
import dev.retrykit.spring.settings.binding.SettingsLayer;

/** Builds retry budget policies from configured settings. */
public final class BudgetPolicyFactory {

    private static final SettingKey<Boolean> UNLIMITED = SettingKey.of("unlimited", Boolean.class);

    static final SettingsTable<BudgetPolicy, Builder> TABLE = new SettingsTable<BudgetPolicy, Builder>()
            .row(BudgetSettings.RATIO, Builder::ratio, BudgetPolicy::ratio)
            .row(BudgetSettings.WINDOW, Builder::window, BudgetPolicy::window)
            .row(BudgetSettings.RESERVE, Builder::reserve, BudgetPolicy::reserve)
            .row(BudgetSettings.MIN_SUCCESS, Builder::minSuccess, BudgetPolicy::minSuccess)
            .shown(UNLIMITED, BudgetPolicy::isUnlimited);

    private BudgetPolicyFactory() {}

    /**
     * Builds a budget policy.
     *
     * @param section the key of the budget, for messages
     * @param written the settings of all layers, merged
     * @throws InvalidSettingException if a setting is out of range
     */
    public static Resolved<BudgetPolicy> budget(String section, SettingsLayer written) {
        Percentages.check(section, written, BudgetSettings.MIN_SUCCESS);
        BudgetPolicy policy = written.value(UNLIMITED, false)
                ? BudgetPolicy.unlimited()
                : RejectedSettings.translated(
                        section,
                        written,
                        TABLE,
                        () -> TABLE.take(written, BudgetPolicy.builder()).build());
        return Resolved.of(policy, BudgetPolicy.defaults(), written, TABLE);
    }
}
