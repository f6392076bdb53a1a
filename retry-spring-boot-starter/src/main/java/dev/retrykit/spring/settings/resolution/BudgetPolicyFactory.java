package dev.retrykit.spring.settings.resolution;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds retry budget policies from configured settings. */
public final class BudgetPolicyFactory {

    private static final String PREFIX = "budget.";
    private static final String NAME = "budget.name";
    private static final int LONGEST_NAME = 100;

    private static final Map<String, String> KEYS =
            Map.of("ratio", "ratio", "window", "window", "reserve", "reserve", "minSuccess", "min-success");

    private static final Map<String, Function<BudgetPolicy, @Nullable Object>> READERS = readers();

    private BudgetPolicyFactory() {}

    /**
     * Builds a budget policy.
     *
     * @param section the key of the budget, for messages
     * @param written the settings of all layers, merged
     * @throws InvalidSettingException if a setting is out of range
     */
    public static Resolved<BudgetPolicy> budget(String section, SettingsLayer written) {
        Percentages.check(section, written, "min-success");
        BudgetPolicy policy = written.value("unlimited", Boolean.class, false)
                ? BudgetPolicy.unlimited()
                : RejectedSettings.translated(section, written, KEYS, () -> limited(written));
        return Resolved.of(policy, BudgetPolicy.defaults(), written, READERS);
    }

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
                .filter(BudgetPolicyFactory::isInline)
                .sorted()
                .toList();
    }

    private static boolean isInline(String key) {
        return key.startsWith(PREFIX) && READERS.containsKey(key.substring(PREFIX.length()));
    }

    private static BudgetPolicy limited(SettingsLayer written) {
        BudgetPolicy defaults = BudgetPolicy.defaults();
        return BudgetPolicy.builder()
                .ratio(written.value("ratio", Double.class, defaults.ratio()))
                .window(written.value("window", Duration.class, defaults.window()))
                .reserve(written.value("reserve", Integer.class, defaults.reserve()))
                .minSuccess(written.value("min-success", Double.class, defaults.minSuccess()))
                .build();
    }

    private static Map<String, Function<BudgetPolicy, @Nullable Object>> readers() {
        Map<String, Function<BudgetPolicy, @Nullable Object>> readers = new LinkedHashMap<>();
        readers.put("ratio", BudgetPolicy::ratio);
        readers.put("window", BudgetPolicy::window);
        readers.put("reserve", BudgetPolicy::reserve);
        readers.put("min-success", BudgetPolicy::minSuccess);
        readers.put("unlimited", BudgetPolicy::isUnlimited);
        return readers;
    }
}
