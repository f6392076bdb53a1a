package dev.retrykit.circuit;

import java.util.Optional;

/**
 * Is told of each change of a circuit's state: one after the other, in the order in which they were made, on a thread that
 * caused one of them. No lock is held meanwhile. What happens while a listener is told of one change, it is told afterwards.
 */
@FunctionalInterface
public interface CircuitListener {

    /** A transition was made. Be quick; what this method throws is swallowed. */
    void onTransition(Transition transition);

    /**
     * One change of state.
     *
     * @param circuit the circuit's name
     * @param key which of several of that name, if there are
     * @param from the state before
     * @param to the state after
     * @param snapshot the circuit right after the change
     * @param dryRun whether it lets all calls through in any state
     */
    record Transition(
            String circuit,
            Optional<String> key,
            CircuitState from,
            CircuitState to,
            CircuitSnapshot snapshot,
            boolean dryRun) {}
}
