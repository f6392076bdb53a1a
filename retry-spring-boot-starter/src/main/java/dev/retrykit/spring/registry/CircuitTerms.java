package dev.retrykit.spring.registry;

import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.settings.Effective;
import dev.retrykit.spring.settings.Setting;
import java.util.Map;

/**
 * What all layers together say about a circuit.
 *
 * @param policy the settings
 * @param limits of how many keys it may be the circuit
 * @param settings all of them by key, and where each came from
 */
record CircuitTerms(Effective<CircuitPolicy> policy, Effective<KeyLimits> limits, Map<String, Setting> settings) {

    static CircuitTerms of(Effective<CircuitPolicy> policy, Effective<KeyLimits> limits) {
        return new CircuitTerms(
                policy, limits, policy.with("", limits.settings()).settings());
    }
}
