package dev.retrykit.spring.settings;

import dev.retrykit.circuit.Blocks;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.OnOpen;
import dev.retrykit.spring.settings.CircuitSettings.WindowType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A circuit's settings from what is written about it. A default that doesn't fit a written value gives way. */
public final class CircuitAssembly {

    private static final int COUNT_WINDOW = 100;
    private static final double SLOW_CALL_RATE = 80;

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

    private CircuitAssembly() {}

    /**
     * Assembles a circuit's settings.
     *
     * @param section what it is and its key, for messages
     * @param written all layers, laid over each other
     * @throws InvalidSettingException if a setting is out of its range or contradicts another
     */
    public static Effective<CircuitPolicy> circuit(String section, Layer written) {
        CircuitPolicy policy = Contradictions.translated(
                section, written, KEYS, () -> builder(section, written).build());
        return Effective.of(policy, baseline(policy), written, READERS);
    }

    /** The defaults; the rate of slow calls has one only where slow calls are watched at all. */
    private static CircuitPolicy baseline(CircuitPolicy policy) {
        Duration slow = policy.slowCallDuration();
        return slow == null
                ? CircuitPolicy.defaults()
                : CircuitPolicy.builder().slowCall(slow, SLOW_CALL_RATE).build();
    }

    @SuppressWarnings("unchecked")
    private static CircuitPolicy.Builder builder(String section, Layer written) {
        CircuitPolicy defaults = CircuitPolicy.defaults();
        CircuitPolicy.Builder builder = CircuitPolicy.builder();
        setWindow(section, written, builder);
        setSlowCall(written, builder);
        setOpen(written, builder, defaults);
        int probes = written.value("half-open.probes", Integer.class, 0);
        int minimum = written.value("minimum-calls", Integer.class, minimumCalls(written, probes));
        List<Class<? extends Throwable>> ignore = written.value("ignore", List.class, List.of());
        return builder.minimumCalls(minimum)
                .probes(probes == 0 ? Math.min(defaults.probes(), Math.max(1, minimum)) : probes)
                .failureRate(written.value("failure-rate", Double.class, defaults.failureRate()))
                .consecutiveFailures(written.value("consecutive-failures", Integer.class, 0))
                .lease(written.value("half-open.lease", Duration.class, defaults.lease()))
                .onOpen(written.value("on-open", OnOpen.class, defaults.onOpen()))
                .blocks(written.value("blocks", Blocks.class, defaults.blocks()))
                .ignore(ignore);
    }

    /** As many as the probes ask for, and no more than the window can hold. */
    private static int minimumCalls(Layer written, int probes) {
        int wanted = Math.max(CircuitPolicy.defaults().minimumCalls(), probes);
        Setting size = written.setting("window.size");
        return size != null && countsCalls(written) ? Math.min(wanted, Math.max(1, calls(size))) : wanted;
    }

    private static void setWindow(String section, Layer written, CircuitPolicy.Builder builder) {
        Setting size = written.setting("window.size");
        boolean counts = countsCalls(written);
        if (size == null) {
            if (counts) {
                builder.countWindow(Math.max(COUNT_WINDOW, written.value("minimum-calls", Integer.class, 0)));
            }
            return;
        }
        try {
            if (!counts) {
                builder.timeWindow(Durations.parse(String.valueOf(size.value())));
                return;
            }
        } catch (IllegalArgumentException unreadable) {
            throw unreadable(section, size, Durations.RULE + ", as window.type is time", "count");
        }
        try {
            calls(size);
        } catch (NumberFormatException notANumber) {
            throw unreadable(section, size, "a whole number of calls, as window.type is count", "time");
        }
        builder.countWindow(calls(size));
    }

    private static boolean countsCalls(Layer written) {
        return written.value("window.type", WindowType.class, WindowType.TIME) == WindowType.COUNT;
    }

    private static int calls(Setting size) {
        return Integer.parseInt(String.valueOf(size.value()).trim());
    }

    private static InvalidSettingException unreadable(String section, Setting size, String rule, String otherType) {
        return new InvalidSettingException(
                "'" + section + ".window.size' = " + Texts.quoted(size.value()) + " (" + size.origin()
                        + ") can't be read: it must be " + rule + ".",
                "Correct the value, or set window.type to " + otherType + ".");
    }

    private static void setSlowCall(Layer written, CircuitPolicy.Builder builder) {
        Duration slow = written.value("slow-call.duration", Duration.class);
        if (slow != null) {
            builder.slowCall(slow, written.value("slow-call.rate", Double.class, SLOW_CALL_RATE));
        }
    }

    private static void setOpen(Layer written, CircuitPolicy.Builder builder, CircuitPolicy defaults) {
        Duration max = written.value("open.max-duration", Duration.class);
        Duration open = written.value("open.duration", Duration.class);
        if (open == null) {
            open = max != null && max.compareTo(defaults.openDuration()) < 0 ? max : defaults.openDuration();
        }
        if (max == null) {
            max = open.compareTo(defaults.maxOpenDuration()) > 0 ? open : defaults.maxOpenDuration();
        }
        builder.openDuration(open)
                .maxOpenDuration(max)
                .openMultiplier(written.value("open.multiplier", Double.class, defaults.openMultiplier()))
                .openJitter(written.value("open.jitter", Double.class, defaults.openJitter()));
    }

    private static Map<String, Function<CircuitPolicy, @Nullable Object>> readers() {
        Map<String, Function<CircuitPolicy, @Nullable Object>> readers = new LinkedHashMap<>();
        readers.put("window.type", policy -> policy.countWindow() > 0 ? WindowType.COUNT : WindowType.TIME);
        readers.put("window.size", policy -> policy.countWindow() > 0 ? policy.countWindow() : policy.timeWindow());
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
        readers.put("ignore", policy -> policy.ignore().isEmpty() ? null : policy.ignore());
        return readers;
    }
}
