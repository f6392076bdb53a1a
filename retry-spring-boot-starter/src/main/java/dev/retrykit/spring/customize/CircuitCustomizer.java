package dev.retrykit.spring.customize;

import dev.retrykit.circuit.CircuitPolicy;

/**
 * A bean that changes the defaults of circuits. {@code application.yml} overrides it, so that operations can always
 * override code. Several customizers are called in their order.
 */
@FunctionalInterface
public interface CircuitCustomizer {

    /**
     * Customizes one circuit when it is created.
     *
     * @param name the circuit's name; {@code SimpleClass.method} for an annotation without a name
     * @param circuit the builder, with the library's defaults and the changes of earlier customizers
     */
    void customize(String name, CircuitPolicy.Builder circuit);
}
