package dev.retrykit.spring.registry;

import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.settings.Resolved;
import dev.retrykit.spring.settings.Setting;
import java.util.Map;

/**
 * What all layers together say about a circuit.
 *
 * @param policy the settings
 * @param limits of how many keys it may be the circuit
 * @param settings all of them by key, and where each came from
 */
record ResolvedCircuit(Resolved<CircuitPolicy> policy, Resolved<KeyLimits> limits, Map<String, Setting> settings) {

    static ResolvedCircuit of(Resolved<CircuitPolicy> policy, Resolved<KeyLimits> limits) {
        return new ResolvedCircuit(
                policy, limits, policy.with("", limits.settings()).settings());
    }
}
