package dev.retrykit.spring.settings;

import dev.retrykit.RetryPolicy;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.spring.settings.binding.FailureNames;
import dev.retrykit.spring.settings.binding.SettingsBinder;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.resolution.CircuitPolicyFactory;
import dev.retrykit.spring.settings.resolution.KeyLimitsFactory;
import dev.retrykit.spring.settings.resolution.PolicyExtensions;
import dev.retrykit.spring.settings.resolution.Resolved;
import dev.retrykit.spring.settings.resolution.RetryPolicyFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** What a user has written, in files, variables and properties; stronger sources are added first. */
public final class Written {

    private final ConfigurableEnvironment environment = new StandardEnvironment();
    public final List<String> warnings = new ArrayList<>();

    private Written() {
        environment
                .getPropertySources()
                .forEach(source -> environment.getPropertySources().remove(source.getName()));
    }

    public static Written yml(String text) {
        return new Written().andYml("application.yml", text);
    }

    public static Written property(String key, Object value) {
        Written written = new Written();
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(key, value);
        written.environment.getPropertySources().addLast(new MapPropertySource("properties", properties));
        return written;
    }

    public static Written variable(String name, String value) {
        return new Written().andVariable(name, value);
    }

    public Written andVariable(String name, String value) {
        environment
                .getPropertySources()
                .addLast(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, value)));
        return this;
    }

    public Written andYml(String file, String text) {
        Apps.load(environment, file, text);
        return this;
    }

    public ConfiguredSettings bind() {
        return SettingsBinder.bind(environment, null, warnings::add);
    }

    /** The effective settings of the policy called inventory. */
    public Resolved<RetryPolicy> policy() {
        ConfiguredSettings settings = bind();
        SettingsLayer all = settings.policy("inventory").over(settings.policyDefaults());
        return RetryPolicyFactory.policy(
                "retrykit.policies.inventory", all, new PolicyExtensions(List.of(), List.of(), null, base -> {}));
    }

    /** The effective settings of the circuit called inventory. */
    public Resolved<CircuitPolicy> circuit() {
        ConfiguredSettings settings = bind();
        SettingsLayer all = settings.circuit("inventory").over(settings.circuitDefaults());
        return CircuitPolicyFactory.circuit(
                "retrykit.circuits.inventory", all, base -> {}, FailureNames.withoutBeans(null));
    }

    /** How many keys the circuit called inventory may have. */
    public Resolved<KeyLimits> keys() {
        ConfiguredSettings settings = bind();
        SettingsLayer all = settings.circuit("inventory").over(settings.circuitDefaults());
        return KeyLimitsFactory.keys(
                "retrykit.circuits.inventory", all, circuit().value());
    }
}
