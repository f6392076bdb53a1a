package dev.retrykit.spring.registry.layers;

import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.KeyLimits;
import dev.retrykit.spring.registry.layers.ResolvedPolicy.Budget;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import dev.retrykit.spring.settings.resolution.BudgetPolicyFactory;
import dev.retrykit.spring.settings.resolution.CircuitPolicyFactory;
import dev.retrykit.spring.settings.resolution.KeyLimitsFactory;
import dev.retrykit.spring.settings.resolution.PolicyLayers;
import dev.retrykit.spring.settings.resolution.Resolved;
import dev.retrykit.spring.settings.resolution.RetryPolicyFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Merges the layers of settings of policies, circuits and budgets. From weakest to strongest: the library's defaults,
 * the application's defaults, the annotation, the base, the configuration by name, changes at run time.
 *
 * @param written the configuration under {@code retrykit.*}
 * @param parts the parts of policies and circuits that are not settings
 * @param given the settings of bases that were changed at run time
 */
public record SettingsResolver(ConfiguredSettings written, EngineCollaborators parts, RuntimeOverrides given) {

    public static final String POLICIES = "retrykit.policies";
    public static final String CIRCUITS = "retrykit.circuits";
    public static final String BUDGETS = "retrykit.budgets";

    /** Resolves the bases of policies. */
    public BaseResolver policyBases() {
        return new BaseResolver(
                "policy", POLICIES, written::policy, written.policies(), given.policies(), PolicyLayers::over);
    }

    /** Resolves the bases of circuits. */
    public BaseResolver circuitBases() {
        return new BaseResolver(
                "circuit",
                CIRCUITS,
                written::circuit,
                written.circuits(),
                given.circuits(),
                (section, upper, lower) -> upper.over(lower));
    }

    /** Returns a copy with other settings changed at run time. */
    public SettingsResolver with(RuntimeOverrides other) {
        return new SettingsResolver(written, parts, other);
    }

    /** Returns a copy with another configuration. */
    public SettingsResolver with(ConfiguredSettings other) {
        return new SettingsResolver(other, parts, given);
    }

    /**
     * Resolves the settings of a policy.
     *
     * @param annotation the settings of the annotation that the policy is named after; null if it is configured by name
     * @param newlyGiven the settings that were changed at run time
     * @param user what refers to the policy, for messages
     * @throws InvalidSettingException if it is not configured, or its settings are invalid
     */
    public ResolvedPolicy policy(
            String name, @Nullable SettingsLayer annotation, SettingsLayer newlyGiven, String user) {
        String section = section(POLICIES, name);
        SettingsLayer configured = written.policy(name);
        SettingsLayer own = annotation == null
                ? required(configured, name, user, "policy", POLICIES, written.policies())
                : configured == null ? SettingsLayer.EMPTY : configured;
        own = policyBases().below(name, own, newlyGiven);
        own = annotation == null ? own : PolicyLayers.over(section, own, annotation);
        own = PolicyLayers.over(section, newlyGiven, own);
        SettingsLayer all = PolicyLayers.over(section, own, written.policyDefaults());
        Resolved<RetryPolicy> policy = RetryPolicyFactory.policy(section, all, parts.partsOf(name, section, all));
        Setting shared = all.setting(PolicySettings.BUDGET_NAME.name());
        if (shared != null) {
            String key = section + ".budget.name (" + shared.origin() + ")";
            return new ResolvedPolicy(section, policy, new Budget.Shared(String.valueOf(shared.value()), key));
        }
        Resolved<BudgetPolicy> budget = BudgetPolicyFactory.budget(
                section + ".budget", all.below("budget").over(written.budgetDefaults()));
        return new ResolvedPolicy(section, policy.with("budget.", budget.settings()), new Budget.Own(budget.value()));
    }

    /**
     * Resolves the settings of a circuit.
     *
     * @param user what refers to the circuit, for messages; null if it is named after an annotation
     * @throws InvalidSettingException if it is not configured, or its settings are invalid
     */
    public ResolvedCircuit circuit(String name, SettingsLayer newlyGiven, @Nullable String user) {
        SettingsLayer configured = written.circuit(name);
        SettingsLayer own = user == null
                ? configured == null ? SettingsLayer.EMPTY : configured
                : required(configured, name, user, "circuit", CIRCUITS, written.circuits());
        String section = section(CIRCUITS, name);
        SettingsLayer all =
                newlyGiven.over(circuitBases().below(name, own, newlyGiven)).over(written.circuitDefaults());
        Resolved<CircuitPolicy> policy = CircuitPolicyFactory.circuit(
                section, all, builder -> parts.customize(name, builder), parts.failureNames());
        Resolved<KeyLimits> limits = KeyLimitsFactory.keys(section, all, policy.value());
        return new ResolvedCircuit(policy.with("", limits.settings()), limits.value());
    }

    /**
     * Resolves the settings of a shared budget.
     *
     * @param user what refers to the budget, for messages
     * @throws InvalidSettingException if it is not configured, or its settings are invalid
     */
    public Resolved<BudgetPolicy> budget(String name, SettingsLayer newlyGiven, String user) {
        SettingsLayer own = required(written.budget(name), name, user, "budget", BUDGETS, written.budgets());
        return BudgetPolicyFactory.budget(
                section(BUDGETS, name), newlyGiven.over(own).over(written.budgetDefaults()));
    }

    /**
     * Checks that a policy is configured.
     *
     * @throws InvalidSettingException if it is not
     */
    public void checkPolicy(String name, String user) {
        required(written.policy(name), name, user, "policy", POLICIES, written.policies());
    }

    /**
     * Checks that a circuit is configured.
     *
     * @throws InvalidSettingException if it is not
     */
    public void checkCircuit(String name, String user) {
        required(written.circuit(name), name, user, "circuit", CIRCUITS, written.circuits());
    }

    /**
     * Describes each name that is configured differently here than in a parent context, whose settings apply.
     *
     * @param above the configuration of the parent context
     * @param policies whether a policy exists in the parent context, configured or named after an annotation
     * @param circuits whether a circuit exists there
     */
    public List<String> differences(ConfiguredSettings above, Predicate<String> policies, Predicate<String> circuits) {
        List<String> differences = new ArrayList<>();
        differ(
                POLICIES,
                written.policies(),
                written::policy,
                name -> orEmpty(above.policy(name), policies.test(name)),
                differences);
        differ(
                CIRCUITS,
                written.circuits(),
                written::circuit,
                name -> orEmpty(above.circuit(name), circuits.test(name)),
                differences);
        differ(BUDGETS, written.budgets(), written::budget, above::budget, differences);
        if (!written.http().hasSameClients(above.http())) {
            differences.add(
                    "retrykit.http has different settings in a child context than in its parent. The parent's clients,"
                            + " max-held-body, guards, propagate and idempotency-key apply to the HTTP clients of both."
                            + " Move these settings to the parent.");
        }
        boolean shared = !above.policies().isEmpty() || !above.circuits().isEmpty();
        if (shared && !written.hasSameFailures(above)) {
            differences.add(
                    "retrykit.failures has different lines in a child context than in its parent. The policies and"
                            + " circuits that the child shares with its parent keep the parent's lines. Move the lines to the"
                            + " parent.");
        }
        return differences;
    }

    /** Settings of an annotation need not be configured. */
    private static @Nullable SettingsLayer orEmpty(@Nullable SettingsLayer above, boolean isThere) {
        return above == null && isThere ? SettingsLayer.EMPTY : above;
    }

    private static void differ(
            String section,
            Collection<String> names,
            Function<String, @Nullable SettingsLayer> own,
            Function<String, @Nullable SettingsLayer> inherited,
            List<String> into) {
        for (String name : names) {
            SettingsLayer above = inherited.apply(name);
            SettingsLayer here = own.apply(name);
            if (above != null && here != null && !above.saysTheSameAs(here)) {
                into.add(section(section, name)
                        + " has different settings in a child context than in its parent. Contexts share entries of"
                        + " the same name, so the parent's settings apply. Use another name in the child context.");
            }
        }
    }

    /** The configuration key of a named policy, circuit or budget. */
    static String section(String kind, String name) {
        return new EntryKey(kind, name).text();
    }

    private static SettingsLayer required(
            @Nullable SettingsLayer own,
            String name,
            String user,
            String kind,
            String section,
            Collection<String> names) {
        if (own == null) {
            throw new InvalidSettingException(
                    user + " names the " + kind + " " + MessageText.quoted(name) + ", which is not configured. "
                            + SpellingMatcher.suggestion(name, names),
                    "Correct the name, or configure " + section(section, name) + ".");
        }
        return own;
    }
}
