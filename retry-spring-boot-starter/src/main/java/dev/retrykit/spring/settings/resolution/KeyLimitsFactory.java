package dev.retrykit.spring.settings.resolution;

import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.SettingKey;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.time.Duration;

/** Builds the limits of a circuit's keys from configured settings. */
public final class KeyLimitsFactory {

    private static final SettingKey<Integer> MAX = SettingKey.of("keys.max", Integer.class);
    private static final SettingKey<Duration> IDLE = SettingKey.of("keys.idle", Duration.class);

    static final SettingsTable<KeyLimits, Void> TABLE = new SettingsTable<KeyLimits, Void>()
            .shown(MAX, KeyLimits::maxKeys, "maxKeys")
            .shown(IDLE, KeyLimits::idleTime, "idleTime")
            .named(CircuitPolicyFactory.WINDOW_SIZE.name(), "timeWindow")
            .named(CircuitPolicyFactory.LEASE.name(), "lease")
            .named("open.max-duration with open.jitter on top", "maxOpenDuration and its jitter");

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
        KeyLimits limits = RejectedSettings.translated(section, written, TABLE, () -> limits(written, policy));
        return Resolved.of(limits, KeyLimits.defaults(CircuitPolicy.defaults()), written, TABLE);
    }

    private static KeyLimits limits(SettingsLayer written, CircuitPolicy policy) {
        KeyLimits defaults = KeyLimits.defaults(policy);
        KeyLimits limits =
                new KeyLimits(written.value(MAX, defaults.maxKeys()), written.value(IDLE, defaults.idleTime()));
        limits.checkAgainst(policy);
        return limits;
    }
}
