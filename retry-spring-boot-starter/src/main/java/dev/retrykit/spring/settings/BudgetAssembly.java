package dev.retrykit.spring.settings;

import dev.retrykit.budget.BudgetPolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A retry budget from what is written about it. */
public final class BudgetAssembly {

    private static final Map<String, String> KEYS =
            Map.of("ratio", "ratio", "window", "window", "reserve", "reserve", "minSuccess", "min-success");

    private static final Map<String, Function<BudgetPolicy, @Nullable Object>> READERS = readers();

    private BudgetAssembly() {}

    /**
     * Assembles a budget.
     *
     * @param section what it is and its key, for messages
     * @param written all layers, laid over each other
     * @throws InvalidSettingException if a setting is out of its range
     */
    public static Effective<BudgetPolicy> budget(String section, Layer written) {
        BudgetPolicy policy = written.value("unlimited", Boolean.class, false)
                ? BudgetPolicy.unlimited()
                : Contradictions.translated(section, written, KEYS, () -> limited(written));
        return Effective.of(policy, BudgetPolicy.defaults(), written, READERS);
    }

    /**
     * What a policy says about its budget.
     *
     * @throws InvalidSettingException if it names a shared budget and has settings of its own
     */
    public static Layer ofPolicy(String section, Layer policy) {
        Setting name = policy.setting("budget.name");
        Layer own = policy.below("budget");
        List<String> inline = own.settings().keySet().stream()
                .filter(READERS::containsKey)
                .sorted()
                .toList();
        if (name != null && !inline.isEmpty()) {
            Setting first = Objects.requireNonNull(own.setting(inline.get(0)));
            throw new InvalidSettingException(
                    "Settings of " + section + " contradict each other: a budget that is named is configured under"
                            + " retrykit.budgets, so budget." + inline.get(0) + " must not stand beside budget.name.\n"
                            + "\n    " + section + ".budget.name = " + name.value() + " (" + name.origin() + ")"
                            + "\n    " + section + ".budget." + inline.get(0) + " = " + Texts.of(first.value()) + " ("
                            + first.origin() + ")",
                    "Move the setting to retrykit.budgets." + name.value() + ", or remove the name.");
        }
        return own;
    }

    private static BudgetPolicy limited(Layer written) {
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
