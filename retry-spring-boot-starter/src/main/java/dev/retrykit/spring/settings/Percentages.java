package dev.retrykit.spring.settings;

/** Rates are percent, and who writes a fraction means something else than a hundredth of it. */
final class Percentages {

    private static final int PERCENT = 100;

    private Percentages() {}

    /**
     * Checks rates.
     *
     * @param section what it is and its key, for messages
     * @param keys those of rates
     * @throws InvalidSettingException for one above 0 and up to 1
     */
    static void check(String section, SettingsLayer written, String... keys) {
        for (String key : keys) {
            Setting setting = written.setting(key);
            if (setting != null && setting.value() instanceof Double rate && rate > 0 && rate <= 1) {
                throw new InvalidSettingException(
                        "'" + section + "." + key + "' = '" + rate + "' (" + setting.origin()
                                + ") is a fraction, but rates are percent: it must be above 1 and up to 100. Did you mean "
                                + text(rate * PERCENT) + "?",
                        "Write percent, as in " + text(rate * PERCENT) + " or " + text(rate * PERCENT) + "%.");
            }
        }
    }

    private static String text(double percent) {
        double rounded = Math.round(percent * PERCENT) / (double) PERCENT;
        return rounded == Math.rint(rounded) ? String.valueOf((long) rounded) : String.valueOf(rounded);
    }
}
