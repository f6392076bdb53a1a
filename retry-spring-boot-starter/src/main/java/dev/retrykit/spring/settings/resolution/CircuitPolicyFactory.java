package dev.retrykit.spring.settings.resolution;

import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.spring.settings.CircuitSettings.WindowType;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.FailureNames;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Builds circuit policies from configured settings. A default that conflicts with a configured value is adjusted to it.
 */
public final class CircuitPolicyFactory {

    private static final String RECORD = "record";
    private static final String IGNORE = "ignore";
    private static final int COUNT_WINDOW = 100;
    private static final double SLOW_CALL_RATE = 80;
    private static final String CALLS = "a whole number of calls, because window.type is count";
    private static final String TIME = Durations.RULE + ", with a unit, because window.type is time";

    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("countWindow", "window.size"),
            Map.entry("timeWindow", "window.size"),
            Map.entry("minimumCalls", "minimum-calls"),
            Map.entry("failureRate", "failure-rate"),
            Map.entry("slowCallRate", "slow-call.rate"),
            Map.entry("slowCall duration", "slow-call.duration"),
            Map.entry("consecutiveFailures", "consecutive-failures"),
            Map.entry("openDuration", "open.duration"),
            Map.entry("openMultiplier", "open.multiplier"),
            Map.entry("maxOpenDuration", "open.max-duration"),
            Map.entry("openJitter", "open.jitter"),
            Map.entry("probes", "half-open.probes"),
            Map.entry("lease", "half-open.lease"));

    private static final Map<String, Function<CircuitPolicy, @Nullable Object>> READERS = readers();

    private CircuitPolicyFactory() {}

    /**
     * Builds a circuit policy.
     *
     * @param section the key of the circuit, for messages
     * @param written the settings of all layers, merged
     * @param customizer changes the defaults, before configured settings apply
     * @param names resolves the failures named by {@code record} and {@code ignore}
     * @throws InvalidSettingException if a setting is out of range or contradicts another
     */
    public static Resolved<CircuitPolicy> circuit(
            String section, SettingsLayer written, Consumer<CircuitPolicy.Builder> customizer, FailureNames names) {
        Percentages.check(section, written, "failure-rate", "slow-call.rate");
        CircuitPolicy base = RejectedSettings.translated(
                section, written, KEYS, () -> base(customizer).build());
        CircuitPolicy policy = RejectedSettings.translated(
                section,
                written,
                KEYS,
                () -> selecting(builder(section, written, base, base(customizer)), section, written, names)
                        .build());
        return Resolved.of(policy, baseline(policy), base, written, READERS).with("", asWritten(written));
    }

    private static CircuitPolicy.Builder selecting(
            CircuitPolicy.Builder builder, String section, SettingsLayer written, FailureNames names) {
        Setting recorded = written.setting(RECORD);
        Setting ignored = written.setting(IGNORE);
        if (recorded != null) {
            builder.record(names.selector(section + "." + RECORD, recorded));
        }
        return ignored == null ? builder : builder.ignore(names.selector(section + "." + IGNORE, ignored));
    }

    /** The lists of failures, with the names as they are configured. */
    private static Map<String, Setting> asWritten(SettingsLayer written) {
        Map<String, Setting> names = new LinkedHashMap<>();
        for (String key : List.of(RECORD, IGNORE)) {
            Setting setting = written.setting(key);
            if (setting != null) {
                names.put(key, setting);
            }
        }
        return names;
    }

    /** A builder with the customized defaults. */
    private static CircuitPolicy.Builder base(Consumer<CircuitPolicy.Builder> customizer) {
        CircuitPolicy.Builder base = CircuitPolicy.builder();
        customizer.accept(base);
        return base;
    }

    /** The library defaults. The slow-call rate has a default only if slow calls are detected. */
    private static CircuitPolicy baseline(CircuitPolicy policy) {
        Duration slow = policy.slowCallDuration();
        return slow == null
                ? CircuitPolicy.defaults()
                : CircuitPolicy.builder().slowCall(slow, SLOW_CALL_RATE).build();
    }

    /** Sets only configured values, so that the builder can adjust the defaults that conflict with them. */
    private static CircuitPolicy.Builder builder(
            String section, SettingsLayer written, CircuitPolicy base, CircuitPolicy.Builder builder) {
        setWindow(section, written, base, builder);
        setSlowCall(written, base, builder);
        written.take("minimum-calls", Integer.class, builder::minimumCalls);
        written.take("failure-rate", Double.class, builder::failureRate);
        written.take("consecutive-failures", Integer.class, builder::consecutiveFailures);
        written.take("open.duration", Duration.class, builder::openDuration);
        written.take("open.multiplier", Double.class, builder::openMultiplier);
        written.take("open.max-duration", Duration.class, builder::maxOpenDuration);
        written.take("open.jitter", Double.class, builder::openJitter);
        written.take("half-open.probes", Integer.class, builder::probes);
        written.take("half-open.lease", Duration.class, builder::lease);
        written.take("on-open", OpenBehavior.class, builder::onOpen);
        written.take("blocks", BlockScope.class, builder::blocks);
        written.take("dry-run", Boolean.class, builder::dryRun);
        return builder;
    }

    private static void setSlowCall(SettingsLayer written, CircuitPolicy base, CircuitPolicy.Builder builder) {
        Duration slow = written.value("slow-call.duration", Duration.class);
        if (slow != null && slow.isZero()) {
            builder.slowCall(null, SLOW_CALL_RATE);
            return;
        }
        if (slow == null) {
            slow = base.slowCallDuration();
        }
        if (slow != null) {
            double rate = base.slowCallDuration() == null ? SLOW_CALL_RATE : base.slowCallRate();
            builder.slowCall(slow, written.value("slow-call.rate", Double.class, rate));
        }
    }

    private static void setWindow(
            String section, SettingsLayer written, CircuitPolicy base, CircuitPolicy.Builder builder) {
        WindowType begun = isCounted(base) ? WindowType.COUNT : WindowType.TIME;
        WindowType type = written.value("window.type", WindowType.class, begun);
        boolean counts = type == WindowType.COUNT;
        Setting size = written.setting("window.size");
        if (size == null) {
            if (counts) {
                int calls = isCounted(base) ? base.countWindow() : COUNT_WINDOW;
                builder.countWindow(Math.max(calls, written.value("minimum-calls", Integer.class, 0)));
            } else if (isCounted(base)) {
                builder.timeWindow(CircuitPolicy.defaults().timeWindow());
            }
            return;
        }
        String text = String.valueOf(size.value()).trim();
        if (counts) {
            builder.countWindow(readable(section, size, CALLS, "time", () -> Integer.parseInt(text)));
        } else {
            builder.timeWindow(readable(section, size, TIME, "count", () -> withUnit(text)));
        }
    }

    private static boolean isCounted(CircuitPolicy policy) {
        return policy.countWindow() > 0;
    }

    /**
     * Rejects a bare number: Spring Boot would read it as milliseconds, but it was probably meant as a number of calls.
     */
    private static Duration withUnit(String text) {
        if (text.chars().allMatch(Character::isDigit)) {
            throw new IllegalArgumentException("no unit");
        }
        return Durations.parse(text);
    }

    private static <T> T readable(String section, Setting size, String rule, String otherType, Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException unreadable) {
            throw new InvalidSettingException(
                    "'" + section + ".window.size' = " + MessageText.quoted(size.value()) + " (" + size.origin()
                            + ") is invalid: it must be " + rule + ".",
                    "Correct the value, or set window.type to " + otherType + ".");
        }
    }

    private static Map<String, Function<CircuitPolicy, @Nullable Object>> readers() {
        Map<String, Function<CircuitPolicy, @Nullable Object>> readers = new LinkedHashMap<>();
        readers.put("base", policy -> null);
        readers.put("window.type", policy -> isCounted(policy) ? WindowType.COUNT : WindowType.TIME);
        readers.put("window.size", policy -> isCounted(policy) ? policy.countWindow() : policy.timeWindow());
        readers.put("minimum-calls", CircuitPolicy::minimumCalls);
        readers.put("failure-rate", CircuitPolicy::failureRate);
        readers.put("slow-call.duration", CircuitPolicy::slowCallDuration);
        readers.put("slow-call.rate", policy -> policy.slowCallDuration() == null ? null : policy.slowCallRate());
        readers.put("consecutive-failures", CircuitPolicy::consecutiveFailures);
        readers.put("open.duration", CircuitPolicy::openDuration);
        readers.put("open.multiplier", CircuitPolicy::openMultiplier);
        readers.put("open.max-duration", CircuitPolicy::maxOpenDuration);
        readers.put("open.jitter", CircuitPolicy::openJitter);
        readers.put("half-open.probes", CircuitPolicy::probes);
        readers.put("half-open.lease", CircuitPolicy::lease);
        readers.put("on-open", CircuitPolicy::onOpen);
        readers.put("blocks", CircuitPolicy::blocks);
        readers.put("dry-run", CircuitPolicy::isDryRun);
        readers.put("affects-health", policy -> null);
        readers.put(RECORD, policy -> FailureNames.of(policy.recorded()));
        readers.put(IGNORE, policy -> FailureNames.of(policy.ignored()));
        return readers;
    }
}
