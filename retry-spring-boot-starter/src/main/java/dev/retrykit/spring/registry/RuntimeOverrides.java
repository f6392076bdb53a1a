package dev.retrykit.spring.registry;

import dev.retrykit.spring.settings.SettingsLayer;
import dev.retrykit.spring.settings.SpellingMatcher;
import java.util.function.Function;

/**
 * What was given while the application runs.
 *
 * @param policies to the policy of a name
 * @param circuits to the circuit of a name
 */
record RuntimeOverrides(Function<String, SettingsLayer> policies, Function<String, SettingsLayer> circuits) {

    /** As it is now, whenever it is asked for. */
    static RuntimeOverrides of(Retries retries) {
        return new RuntimeOverrides(
                name -> retries.findPolicy(name).map(PolicyEntry::given).orElse(SettingsLayer.EMPTY),
                name -> retries.findCircuit(name).map(CircuitEntry::given).orElse(SettingsLayer.EMPTY));
    }

    /** The same, with something else for one policy. */
    RuntimeOverrides toPolicy(String policy, SettingsLayer given) {
        return new RuntimeOverrides(to(policy, given, policies), circuits);
    }

    /** The same, with something else for one circuit. */
    RuntimeOverrides toCircuit(String circuit, SettingsLayer given) {
        return new RuntimeOverrides(policies, to(circuit, given, circuits));
    }

    private static Function<String, SettingsLayer> to(
            String changed, SettingsLayer given, Function<String, SettingsLayer> others) {
        return name ->
                SpellingMatcher.canonical(name).equals(SpellingMatcher.canonical(changed)) ? given : others.apply(name);
    }
}
