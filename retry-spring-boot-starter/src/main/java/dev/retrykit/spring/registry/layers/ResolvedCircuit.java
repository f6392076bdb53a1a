package dev.retrykit.spring.registry.layers;

import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.resolution.Resolved;
import java.util.Map;

/**
 * The effective settings of a circuit.
 *
 * @param policy the settings of the circuit
 * @param limits the limits of its keys
 * @param settings all settings by key, with their origins
 */
public record ResolvedCircuit(
        Resolved<CircuitPolicy> policy, Resolved<KeyLimits> limits, Map<String, Setting> settings) {

    static ResolvedCircuit of(Resolved<CircuitPolicy> policy, Resolved<KeyLimits> limits) {
        return new ResolvedCircuit(
                policy, limits, policy.with("", limits.settings()).settings());
    }
}
