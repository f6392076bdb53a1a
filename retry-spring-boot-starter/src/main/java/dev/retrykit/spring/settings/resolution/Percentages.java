package dev.retrykit.spring.settings.resolution;

import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingKey;
import dev.retrykit.spring.settings.binding.SettingsLayer;

/** Rejects fractions as rates: rates are percentages, and a user who writes 0.7 means 70, not 0.7 percent. */
final class Percentages {

    private static final int PERCENT = 100;

    private Percentages() {}

    /**
     * Checks the rates of a section.
     *
     * @param section the key of the circuit or budget, for messages
     * @param keys the keys of the rates
     * @throws InvalidSettingException for a rate above 0 and up to 1
     */
    @SafeVarargs
    static void check(String section, SettingsLayer written, SettingKey<Double>... keys) {
        for (SettingKey<Double> key : keys) {
            Setting setting = written.setting(key.name());
            if (setting != null && setting.value() instanceof Double rate && rate > 0 && rate <= 1) {
                throw new InvalidSettingException(
                        "'" + section + "." + key.name() + "' = '" + rate + "' (" + setting.origin()
                                + ") is a fraction, but rates are percentages: it must be above 1 and at most 100."
                                + " Did you mean "
                                + text(rate * PERCENT) + "?",
                        "Use a percentage, such as " + text(rate * PERCENT) + " or " + text(rate * PERCENT) + "%.");
            }
        }
    }

    private static String text(double percent) {
        double rounded = Math.round(percent * PERCENT) / (double) PERCENT;
        return rounded == Math.rint(rounded) ? String.valueOf((long) rounded) : String.valueOf(rounded);
    }
}
