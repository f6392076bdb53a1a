package dev.retrykit.circuit;

import java.util.Optional;

/**
 * Receives each state transition of a circuit: sequentially, in the order in which the transitions were made, on a
 * thread that caused one of them. No lock is held meanwhile. Transitions that happen while a listener runs are
 * delivered afterwards.
 */
@FunctionalInterface
public interface CircuitListener {

    /** Called after a transition. Return quickly; exceptions are swallowed. */
    void onTransition(Transition transition);

    /**
     * A state transition.
     *
     * @param circuit the circuit's name
     * @param key the key of the circuit, if it is one of several with that name
     * @param from the state before
     * @param to the state after
     * @param snapshot the circuit right after the transition
     * @param dryRun whether the circuit lets all calls through in any state
     */
    record Transition(
            String circuit,
            Optional<String> key,
            CircuitState from,
            CircuitState to,
            CircuitSnapshot snapshot,
            boolean dryRun) {}
}
