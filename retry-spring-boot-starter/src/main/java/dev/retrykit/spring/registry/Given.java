package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.Layer;
import dev.retrykit.spring.settings.Names;
import java.util.function.Function;

/**
 * What was given while the application runs.
 *
 * @param policies to the policy of a name
 * @param circuits to the circuit of a name
 */
record Given(Function<String, Layer> policies, Function<String, Layer> circuits) {

    /** As it is now, whenever it is asked for. */
    static Given of(Retries retries) {
        return new Given(
                name -> retries.findPolicy(name).map(PolicyEntry::given).orElse(Layer.EMPTY),
                name -> retries.findCircuit(name).map(CircuitEntry::given).orElse(Layer.EMPTY));
    }

    /** The same, with something else for one policy. */
    Given toPolicy(String policy, Layer given) {
        return new Given(to(policy, given, policies), circuits);
    }

    /** The same, with something else for one circuit. */
    Given toCircuit(String circuit, Layer given) {
        return new Given(policies, to(circuit, given, circuits));
    }

    private static Function<String, Layer> to(String changed, Layer given, Function<String, Layer> others) {
        return name -> Names.canonical(name).equals(Names.canonical(changed)) ? given : others.apply(name);
    }
}
