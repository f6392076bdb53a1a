package dev.retrykit.spring.registry.layers;

import dev.retrykit.event.RetryListener;

/**
 * A listener that also receives the failures of calls through a circuit without a policy, under the name of the
 * circuit.
 */
public interface GuardedFailureListener extends RetryListener {}
