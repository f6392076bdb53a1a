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
 */
record CircuitTerms(Effective<CircuitPolicy> policy, Effective<KeyLimits> limits) {

    /** All settings by key. */
    Map<String, Setting> settings() {
        return policy.with("", limits.settings()).settings();
    }
}
