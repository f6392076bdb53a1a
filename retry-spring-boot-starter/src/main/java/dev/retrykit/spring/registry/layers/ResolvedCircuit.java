package dev.retrykit.spring.registry.layers;

import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.settings.resolution.Resolved;

/**
 * The effective settings of a circuit.
 *
 * @param policy the settings, including those of its keys
 * @param limits the limits of its keys
 */
public record ResolvedCircuit(Resolved<CircuitPolicy> policy, KeyLimits limits) {}
