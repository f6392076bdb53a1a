package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.spring.settings.BudgetAssembly;
import dev.retrykit.spring.settings.CircuitAssembly;
import dev.retrykit.spring.settings.Effective;
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
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * The policies, circuits and budgets of an application: all that are configured, and those of annotations without a
 * name. Thread-safe.
 */
public final class Retries implements DisposableBean {

    private static final int LONGEST_NAME = 100;
    private static final String POLICIES = "retrykit.policies.";
    private static final String CIRCUITS = "retrykit.circuits.";

    private final WrittenSettings written;
    private final EngineParts parts;
    private final Shelf<PolicyEntry> policies = new Shelf<>();
    private final Shelf<CircuitEntry> circuits = new Shelf<>();
    private final Shelf<BudgetEntry> budgets = new Shelf<>();
    private final List<Retry> engines = new CopyOnWriteArrayList<>();

    /** How the application has ended its calls; null as long as it goes on. */
    private volatile @Nullable Consumer<Retry> end;

    /**
     * Makes all that is configured.
     *
     * @throws InvalidSettingException for the first setting that is wrong
     */
    public Retries(WrittenSettings written, EngineParts parts) {
        this.written = written;
        this.parts = parts;
        for (String name : written.budgets()) {
            budget(name, "retrykit.budgets." + name);
        }
        for (String name : written.circuits()) {
            circuitEntry(name, CIRCUITS + name);
        }
        for (String name : written.policies()) {
            if (!name.contains(".")) {
                policyEntry(name, POLICIES + name);
            }
        }
    }

    /**
     * The engine of a configured policy, without a circuit.
     *
     * @throws IllegalArgumentException if there is no such policy
     */
    public Retry get(String name) {
        return findPolicy(name)
                .orElseThrow(() -> unknown("policy", name, written.policies()))
                .retry();
    }

    /**
     * A configured circuit.
     *
     * @throws IllegalArgumentException if there is no such circuit
     */
    public Circuit circuit(String name) {
        return findCircuit(name)
                .orElseThrow(() -> unknown("circuit", name, written.circuits()))
                .use();
    }

    /**
     * A policy that somebody refers to.
     *
     * @param user who refers to it, for the message
     * @throws InvalidSettingException if it isn't configured
     */
    public PolicyEntry policyEntry(String name, String user) {
        Layer own = required(written.policy(name), name, user, "policy", "retrykit.policies", written.policies());
        return policies.findOrAdd(name, () -> assemble(name, POLICIES + name, own));
    }

    /**
     * A circuit that somebody refers to.
     *
     * @param user who refers to it, for the message
     * @throws InvalidSettingException if it isn't configured
     */
    public CircuitEntry circuitEntry(String name, String user) {
        Layer own = required(written.circuit(name), name, user, "circuit", "retrykit.circuits", written.circuits());
        return circuits.findOrAdd(name, () -> assembleCircuit(name, own));
    }

    /** The policy of an annotation without a name; what is configured under its name overrules the annotation. */
    public PolicyEntry ownPolicy(String name, Layer annotation) {
        Layer configured = written.policy(name);
        String section = POLICIES + "[" + name + "]";
        Layer own = configured == null ? annotation : BudgetAssembly.over(section, configured, annotation);
        return policies.findOrAdd(name, () -> assemble(name, section, own));
    }

    /** The circuit of an annotation without a name. */
    public CircuitEntry ownCircuit(String name) {
        Layer configured = written.circuit(name);
        return circuits.findOrAdd(name, () -> assembleCircuit(name, configured == null ? Layer.EMPTY : configured));
    }

    /** A policy by name, in any spelling. */
    public Optional<PolicyEntry> findPolicy(String name) {
        return Optional.ofNullable(policies.find(name));
    }

    /** A circuit by name, in any spelling. */
    public Optional<CircuitEntry> findCircuit(String name) {
        return Optional.ofNullable(circuits.find(name));
    }

    /** A budget by name, in any spelling. */
    public Optional<BudgetEntry> findBudget(String name) {
        return Optional.ofNullable(budgets.find(name));
    }

    /** All policies. */
    public Collection<PolicyEntry> policies() {
        return policies.all();
    }

    /** All circuits. */
    public Collection<CircuitEntry> circuits() {
        return circuits.all();
    }

    /** All budgets, the shared ones and the policies' own. */
    public Collection<BudgetEntry> budgets() {
        return budgets.all();
    }

    /** What is configured and nobody has used yet, each with the name that was meant perhaps. */
    public List<String> unused() {
        List<String> complaints = new ArrayList<>();
        if (written.isEmpty()) {
            return complaints;
        }
        List<PolicyEntry> inUse =
                policies.all().stream().filter(PolicyEntry::isUsed).toList();
        Usage.complain("retrykit.policies", written.policies(), inUse, PolicyEntry::name, complaints);
        List<CircuitEntry> watched =
                circuits.all().stream().filter(CircuitEntry::isUsed).toList();
        Usage.complain("retrykit.circuits", written.circuits(), watched, CircuitEntry::name, complaints);
        Usage.complain(
                "retrykit.budgets",
                written.budgets(),
                policies.all(),
                policy -> policy.budget().name(),
                complaints);
        return complaints;
    }

    /** Tells of each policy, circuit and budget, also of those that are made later. */
    public void each(Consumer<PolicyEntry> policy, Consumer<CircuitEntry> circuit, Consumer<BudgetEntry> budget) {
        policies.each(policy);
        circuits.each(circuit);
        budgets.each(budget);
    }

    /** Ends all delays and begins no retry any more. */
    void shutdown() {
        end(Retry::shutdown);
    }

    /** Ends all asynchronous calls that haven't ended. */
    void shutdownNow() {
        end(Retry::shutdownNow);
    }

    /** The last that happens, and all that happens where the start failed. */
    @Override
    public void destroy() {
        shutdownNow();
    }

    private void end(Consumer<Retry> how) {
        end = how;
        engines.forEach(how);
    }

    /** Of an engine that is made while the application ends either this or {@link #end} knows. */
    private void enlist(Retry engine) {
        engines.add(engine);
        Consumer<Retry> how = end;
        if (how != null) {
            how.accept(engine);
        }
    }

    private PolicyEntry assemble(String name, String section, Layer own) {
        Layer all = BudgetAssembly.over(section, own, written.policyDefaults());
        Effective<RetryPolicy> policy = PolicyAssembly.policy(section, all, parts.partsOf(name, section, all));
        Setting shared = all.setting("budget.name");
        if (shared != null) {
            String user = section + ".budget.name (" + shared.origin() + ")";
            return new PolicyEntry(
                    name, policy, budget(String.valueOf(shared.value()), user), true, parts, this::enlist);
        }
        Effective<BudgetPolicy> budget =
                BudgetAssembly.budget(section + ".budget", all.below("budget").over(written.budgetDefaults()));
        return new PolicyEntry(
                name,
                policy.with("budget.", budget.settings()),
                ownBudget(name, budget.policy()),
                false,
                parts,
                this::enlist);
    }

    /** It bears the policy's name, unless a shared one has it. */
    private BudgetEntry ownBudget(String policy, BudgetPolicy settings) {
        String name = written.budget(policy) == null ? policy : "policy " + policy;
        return budgets.findOrAdd(name, () -> new BudgetEntry(RetryBudget.of(name, settings, parts.time())));
    }

    private BudgetEntry budget(String name, String user) {
        Layer own = required(written.budget(name), name, user, "budget", "retrykit.budgets", written.budgets());
        return budgets.findOrAdd(
                name,
                () -> new BudgetEntry(RetryBudget.of(
                        name,
                        BudgetAssembly.budget("retrykit.budgets." + name, own.over(written.budgetDefaults()))
                                .policy(),
                        parts.time())));
    }

    private CircuitEntry assembleCircuit(String name, Layer own) {
        Layer all = own.over(written.circuitDefaults());
        Effective<CircuitPolicy> policy =
                CircuitAssembly.circuit(CIRCUITS + name, all, builder -> parts.customize(name, builder));
        CircuitEntry entry = new CircuitEntry(
                name, policy, KeysAssembly.keys(CIRCUITS + name, all, policy.policy()), parts, parts.failures());
        enlist(entry.guard());
        return entry;
    }

    private static IllegalArgumentException unknown(String kind, String name, Collection<String> names) {
        return new IllegalArgumentException(
                "There is no " + kind + " " + Texts.quoted(name) + ". " + Names.suggestion(name, names));
    }

    private static Layer required(
            @Nullable Layer own, String name, String user, String kind, String section, Collection<String> names) {
        if (own == null) {
            throw new InvalidSettingException(
                    user + " names the " + kind + " " + Texts.quoted(name) + ", which is not configured. "
                            + Names.suggestion(name, names),
                    "Correct the name, or configure " + section + "." + Texts.line(name, LONGEST_NAME) + ".");
        }
        return own;
    }
}
