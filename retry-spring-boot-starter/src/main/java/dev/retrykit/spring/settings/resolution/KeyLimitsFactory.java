package dev.retrykit.spring.settings.resolution;

import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds the limits of a circuit's keys from configured settings. */
public final class KeyLimitsFactory {

    private static final Map<String, String> KEYS = Map.of(
            "maxKeys", "keys.max",
            "idleTime", "keys.idle",
            "timeWindow", "window.size",
            "lease", "half-open.lease",
            "maxOpenDuration and its jitter", "open.max-duration with open.jitter on top");

    private static final Map<String, Function<KeyLimits, @Nullable Object>> READERS =
            Map.of("keys.max", KeyLimits::maxKeys, "keys.idle", KeyLimits::idleTime);

    private KeyLimitsFactory() {}

    /**
     * Builds the limits of a circuit's keys.
     *
     * @param section the circuit's key, for messages
     * @param written the settings of all layers, merged
     * @param policy the circuit's policy, for which the idle time must be long enough
     * @throws InvalidSettingException if a setting is out of range or contradicts another
     */
    public static Resolved<KeyLimits> keys(String section, SettingsLayer written, CircuitPolicy policy) {
        KeyLimits limits = RejectedSettings.translated(section, written, KEYS, () -> limits(written, policy));
        return Resolved.of(limits, KeyLimits.defaults(CircuitPolicy.defaults()), written, READERS);
    }

    private static KeyLimits limits(SettingsLayer written, CircuitPolicy policy) {
        KeyLimits defaults = KeyLimits.defaults(policy);
        KeyLimits limits = new KeyLimits(
                written.value("keys.max", Integer.class, defaults.maxKeys()),
                written.value("keys.idle", Duration.class, defaults.idleTime()));
        limits.checkAgainst(policy);
        return limits;
    }
}
