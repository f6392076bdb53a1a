package dev.retrykit.circuit;

/** Is told of each change of a circuit's state, on the thread that caused it. */
@FunctionalInterface
public interface CircuitListener {

    /** A transition was made. Be quick; what this method throws is swallowed. */
    void onTransition(Transition transition);

    /**
     * One change of state.
     *
     * @param circuit the circuit's name
     * @param from the state before
     * @param to the state after
     * @param snapshot the circuit right after the change
     */
    record Transition(String circuit, CircuitState from, CircuitState to, CircuitSnapshot snapshot) {}
}
