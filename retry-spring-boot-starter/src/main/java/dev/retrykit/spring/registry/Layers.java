package dev.retrykit.spring.registry;

import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.spring.settings.BudgetAssembly;
import dev.retrykit.spring.settings.CircuitAssembly;
import dev.retrykit.spring.settings.Effective;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.KeysAssembly;
import dev.retrykit.spring.settings.Layer;
import dev.retrykit.spring.settings.Names;
import dev.retrykit.spring.settings.PolicyAssembly;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.Texts;
import dev.retrykit.spring.settings.WrittenSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lays over each other what is said about a policy, a circuit or a budget. Weakest first: the library's defaults, those
 * of the application, the annotation, what is written under the name, what was given while the application runs.
 *
 * @param written what is written under {@code retrykit.*}
 * @param parts what all are made of besides settings
 * @param given what was given to bases
 */
record Layers(WrittenSettings written, EngineParts parts, Given given) {

    static final String POLICIES = "retrykit.policies";
    static final String CIRCUITS = "retrykit.circuits";
    static final String BUDGETS = "retrykit.budgets";

    /** What policies build on. */
    Bases policyBases() {
        return new Bases(
                "policy", POLICIES, written::policy, written.policies(), given.policies(), BudgetAssembly::over);
    }

    /** What circuits build on. */
    Bases circuitBases() {
        return new Bases(
                "circuit",
                CIRCUITS,
                written::circuit,
                written.circuits(),
                given.circuits(),
                (section, upper, lower) -> upper.over(lower));
    }

    /** The same, where something else was given. */
    Layers with(Given other) {
        return new Layers(written, parts, other);
    }

    /**
     * What holds for a policy.
     *
     * @param annotation what the annotation says that it is named after; null if it is configured by name
     * @param newlyGiven what was given while the application runs
     * @param user who refers to it, for messages
     * @throws InvalidSettingException if it isn't configured, or its settings can't hold
     */
    PolicyTerms policy(String name, @Nullable Layer annotation, Layer newlyGiven, String user) {
        String section = section(POLICIES, name);
        Layer configured = written.policy(name);
        Layer own = annotation == null
                ? required(configured, name, user, "policy", POLICIES, written.policies())
                : configured == null ? Layer.EMPTY : configured;
        own = policyBases().below(name, own, newlyGiven);
        own = annotation == null ? own : BudgetAssembly.over(section, own, annotation);
        own = BudgetAssembly.over(section, newlyGiven, own);
        Layer all = BudgetAssembly.over(section, own, written.policyDefaults());
        Effective<RetryPolicy> policy = PolicyAssembly.policy(section, all, parts.partsOf(name, section, all));
        Setting shared = all.setting("budget.name");
        if (shared != null) {
            return new PolicyTerms(section, policy, shared, null);
        }
        Effective<BudgetPolicy> budget =
                BudgetAssembly.budget(section + ".budget", all.below("budget").over(written.budgetDefaults()));
        return new PolicyTerms(section, policy.with("budget.", budget.settings()), null, budget.policy());
    }

    /**
     * What holds for a circuit.
     *
     * @param user who refers to it, for messages; null if it is an annotation that it is named after
     * @throws InvalidSettingException if it isn't configured, or its settings can't hold
     */
    CircuitTerms circuit(String name, Layer newlyGiven, @Nullable String user) {
        Layer configured = written.circuit(name);
        Layer own = user == null
                ? configured == null ? Layer.EMPTY : configured
                : required(configured, name, user, "circuit", CIRCUITS, written.circuits());
        String section = section(CIRCUITS, name);
        Layer all = newlyGiven.over(circuitBases().below(name, own, newlyGiven)).over(written.circuitDefaults());
        Effective<CircuitPolicy> policy =
                CircuitAssembly.circuit(section, all, builder -> parts.customize(name, builder), parts.failureNames());
        return CircuitTerms.of(policy, KeysAssembly.keys(section, all, policy.policy()));
    }

    /**
     * What holds for a budget that has a name.
     *
     * @param user who refers to it, for messages
     * @throws InvalidSettingException if it isn't configured, or its settings can't hold
     */
    Effective<BudgetPolicy> budget(String name, Layer newlyGiven, String user) {
        Layer own = required(written.budget(name), name, user, "budget", BUDGETS, written.budgets());
        return BudgetAssembly.budget(
                section(BUDGETS, name), newlyGiven.over(own).over(written.budgetDefaults()));
    }

    /**
     * Checks that a policy is configured.
     *
     * @throws InvalidSettingException if it isn't
     */
    void checkPolicy(String name, String user) {
        required(written.policy(name), name, user, "policy", POLICIES, written.policies());
    }

    /**
     * Checks that a circuit is configured.
     *
     * @throws InvalidSettingException if it isn't
     */
    void checkCircuit(String name, String user) {
        required(written.circuit(name), name, user, "circuit", CIRCUITS, written.circuits());
    }

    /** Says of each name under which other settings are written than in a parent context that the parent's hold. */
    List<String> differences(Retries parent) {
        WrittenSettings above = parent.layers().written;
        List<String> differences = new ArrayList<>();
        differ(
                POLICIES,
                written.policies(),
                written::policy,
                name -> orEmpty(above.policy(name), parent.policies.find(name) != null),
                differences);
        differ(
                CIRCUITS,
                written.circuits(),
                written::circuit,
                name -> orEmpty(above.circuit(name), parent.circuits.find(name) != null),
                differences);
        differ(BUDGETS, written.budgets(), written::budget, above::budget, differences);
        if (!written.http().hasSameClients(above.http())) {
            differences.add(
                    "retrykit.http has other settings in a child context than in its parent: HTTP clients of both"
                            + " follow the parent's clients, max-held-body, guards, propagate and idempotency-key. Move these"
                            + " settings to the parent.");
        }
        return differences;
    }

    /** That of an annotation may have nothing that is written about it. */
    private static @Nullable Layer orEmpty(@Nullable Layer above, boolean isThere) {
        return above == null && isThere ? Layer.EMPTY : above;
    }

    private static void differ(
            String section,
            Collection<String> names,
            Function<String, @Nullable Layer> own,
            Function<String, @Nullable Layer> inherited,
            List<String> into) {
        for (String name : names) {
            Layer above = inherited.apply(name);
            Layer here = own.apply(name);
            if (above != null && here != null && !above.saysTheSameAs(here)) {
                into.add(section(section, name)
                        + " has other settings in a child context than in"
                        + " its parent: the two share what has one name, so the parent's settings hold. Give the child's"
                        + " a name of its own.");
            }
        }
    }

    /** The key of something that has a name. */
    static String section(String kind, String name) {
        return new EntryKey(kind, name).text();
    }

    private static Layer required(
            @Nullable Layer own, String name, String user, String kind, String section, Collection<String> names) {
        if (own == null) {
            throw new InvalidSettingException(
                    user + " names the " + kind + " " + Texts.quoted(name) + ", which is not configured. "
                            + Names.suggestion(name, names),
                    "Correct the name, or configure " + section(section, name) + ".");
        }
        return own;
    }
}
