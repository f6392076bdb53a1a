package dev.retrykit.spring.customize;

import dev.retrykit.circuit.CircuitPolicy;

/**
 * A bean that changes what circuits begin with, in place of the library's defaults. {@code application.yml} comes after it and
 * overrules it, so that operations can always overrule code. Several are asked in their order.
 */
@FunctionalInterface
public interface CircuitCustomizer {

    /**
     * Changes the settings of one circuit, when it is made.
     *
     * @param name the circuit's name, {@code SimpleClass.method} for an annotation without one
     * @param circuit holds the library's defaults and what customizers before this one have set
     */
    void customize(String name, CircuitPolicy.Builder circuit);
}
