package dev.retrykit.spring.settings.resolution;

import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitPolicy.Builder;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.CircuitSettings.WindowType;
import dev.retrykit.spring.settings.Durations;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingKey;
import dev.retrykit.spring.settings.binding.FailureNames;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Builds circuit policies from configured settings. A default that conflicts with a configured value is adjusted to it.
 */
public final class CircuitPolicyFactory {

    private static final int COUNT_WINDOW = 100;
    private static final double SLOW_CALL_RATE = 80;
    private static final String CALLS = "a whole number of calls, because window.type is count";
    private static final String TIME = Durations.RULE + ", with a unit, because window.type is time";

    private static final SettingKey<WindowType> WINDOW_TYPE = SettingKey.of("window.type", WindowType.class);
    static final SettingKey<String> WINDOW_SIZE = SettingKey.of("window.size", String.class);
    private static final SettingKey<Integer> MINIMUM_CALLS = SettingKey.of("minimum-calls", Integer.class);
    static final SettingKey<Duration> LEASE = SettingKey.of("half-open.lease", Duration.class);
    private static final SettingKey<List<String>> RECORD = SettingKey.list("record", String.class::cast);
    private static final SettingKey<List<String>> IGNORE = SettingKey.list("ignore", String.class::cast);

    /** The settings of a circuit, except the limits of its keys. */
    static final SettingsTable<CircuitPolicy, Builder> TABLE = new SettingsTable<CircuitPolicy, Builder>()
            .other(SettingKey.BASE)
            .shown(WINDOW_TYPE, policy -> isCounted(policy) ? WindowType.COUNT : WindowType.TIME)
            .shown(
                    WINDOW_SIZE,
                    policy -> isCounted(policy) ? policy.countWindow() : policy.timeWindow(),
                    "timeWindow",
                    "countWindow")
            .row(MINIMUM_CALLS, Builder::minimumCalls, CircuitPolicy::minimumCalls)
            .row(CircuitSettings.FAILURE_RATE, Builder::failureRate, CircuitPolicy::failureRate)
            .shown(CircuitSettings.SLOW_CALL_DURATION, CircuitPolicy::slowCallDuration, "slowCall duration")
            .shown(
                    CircuitSettings.SLOW_CALL_RATE,
                    policy -> policy.slowCallDuration() == null ? null : policy.slowCallRate())
            .row(CircuitSettings.CONSECUTIVE_FAILURES, Builder::consecutiveFailures, CircuitPolicy::consecutiveFailures)
            .row(SettingKey.of("open.duration", Duration.class), Builder::openDuration, CircuitPolicy::openDuration)
            .row(SettingKey.of("open.multiplier", Double.class), Builder::openMultiplier, CircuitPolicy::openMultiplier)
            .row(
                    SettingKey.of("open.max-duration", Duration.class),
                    Builder::maxOpenDuration,
                    CircuitPolicy::maxOpenDuration,
                    "maxOpenDuration")
            .row(SettingKey.of("open.jitter", Double.class), Builder::openJitter, CircuitPolicy::openJitter)
            .row(SettingKey.of("half-open.probes", Integer.class), Builder::probes, CircuitPolicy::probes, "probes")
            .row(LEASE, Builder::lease, CircuitPolicy::lease, "lease")
            .row(SettingKey.of("on-open", OpenBehavior.class), Builder::onOpen, CircuitPolicy::onOpen)
            .row(SettingKey.of("blocks", BlockScope.class), Builder::blocks, CircuitPolicy::blocks)
            .row(SettingKey.of("dry-run", Boolean.class), Builder::dryRun, CircuitPolicy::isDryRun)
            .other(CircuitSettings.AFFECTS_HEALTH)
            .shown(RECORD, policy -> FailureNames.of(policy.recorded()))
            .shown(IGNORE, policy -> FailureNames.of(policy.ignored()));

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
            String section, SettingsLayer written, Consumer<Builder> customizer, FailureNames names) {
        Percentages.check(section, written, CircuitSettings.FAILURE_RATE, CircuitSettings.SLOW_CALL_RATE);
        CircuitPolicy base = RejectedSettings.translated(
                section, written, TABLE, () -> base(customizer).build());
        CircuitPolicy policy = RejectedSettings.translated(
                section,
                written,
                TABLE,
                () -> selecting(builder(section, written, base, base(customizer)), section, written, names)
                        .build());
        return Resolved.of(policy, baseline(policy), base, written, TABLE).with("", selectors(written));
    }

    private static Builder selecting(Builder builder, String section, SettingsLayer written, FailureNames names) {
        Setting recorded = written.setting(RECORD.name());
        Setting ignored = written.setting(IGNORE.name());
        if (recorded != null) {
            builder.record(names.selector(section + "." + RECORD.name(), recorded));
        }
        return ignored == null ? builder : builder.ignore(names.selector(section + "." + IGNORE.name(), ignored));
    }

    /** The lists of failures, with the names as they are configured. */
    private static Map<String, Setting> selectors(SettingsLayer written) {
        return written.without(key -> !key.equals(RECORD.name()) && !key.equals(IGNORE.name()))
                .settings();
    }

    /** A builder with the customized defaults. */
    private static Builder base(Consumer<Builder> customizer) {
        Builder base = CircuitPolicy.builder();
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
    private static Builder builder(String section, SettingsLayer written, CircuitPolicy base, Builder builder) {
        setWindow(section, written, base, builder);
        setSlowCall(written, base, builder);
        return TABLE.take(written, builder);
    }

    private static void setSlowCall(SettingsLayer written, CircuitPolicy base, Builder builder) {
        Duration slow = written.value(CircuitSettings.SLOW_CALL_DURATION);
        if (slow != null && slow.isZero()) {
            builder.slowCall(null, SLOW_CALL_RATE);
            return;
        }
        if (slow == null) {
            slow = base.slowCallDuration();
        }
        if (slow != null) {
            double rate = base.slowCallDuration() == null ? SLOW_CALL_RATE : base.slowCallRate();
            builder.slowCall(slow, written.value(CircuitSettings.SLOW_CALL_RATE, rate));
        }
    }

    private static void setWindow(String section, SettingsLayer written, CircuitPolicy base, Builder builder) {
        WindowType begun = isCounted(base) ? WindowType.COUNT : WindowType.TIME;
        WindowType type = written.value(WINDOW_TYPE, begun);
        boolean counts = type == WindowType.COUNT;
        Setting size = written.setting(WINDOW_SIZE.name());
        if (size == null) {
            if (counts) {
                int calls = isCounted(base) ? base.countWindow() : COUNT_WINDOW;
                builder.countWindow(Math.max(calls, written.value(MINIMUM_CALLS, 0)));
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
}
