package dev.retrykit.spring.registry.layers;

import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import java.util.function.Function;

/**
 * The settings that were changed at run time.
 *
 * @param policies returns the settings changed for a policy
 * @param circuits returns the settings changed for a circuit
 */
public record RuntimeOverrides(Function<String, SettingsLayer> policies, Function<String, SettingsLayer> circuits) {

    /** Returns a copy with other settings for one policy. */
    public RuntimeOverrides toPolicy(String policy, SettingsLayer given) {
        return new RuntimeOverrides(to(policy, given, policies), circuits);
    }

    /** Returns a copy with other settings for one circuit. */
    public RuntimeOverrides toCircuit(String circuit, SettingsLayer given) {
        return new RuntimeOverrides(policies, to(circuit, given, circuits));
    }

    private static Function<String, SettingsLayer> to(
            String changed, SettingsLayer given, Function<String, SettingsLayer> others) {
        return name ->
                SpellingMatcher.canonical(name).equals(SpellingMatcher.canonical(changed)) ? given : others.apply(name);
    }
}
