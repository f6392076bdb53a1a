package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.spring.registry.layers.EngineCollaborators;
import dev.retrykit.spring.registry.layers.ResolvedCircuit;
import dev.retrykit.spring.registry.layers.ResolvedPolicy;
import dev.retrykit.spring.registry.layers.ResolvedPolicy.Budget;
import dev.retrykit.spring.registry.layers.RuntimeOverrides;
import dev.retrykit.spring.registry.layers.SettingsResolver;
import dev.retrykit.spring.settings.EntryKey;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.spring.settings.binding.SpellingMatcher;
import dev.retrykit.spring.settings.resolution.Resolved;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

/**
 * The policies, circuits and budgets of an application: all configured ones, and those of annotations without a name.
 * Thread-safe.
 */
public final class Retries implements DisposableBean {

    private static final Log LOG = LogFactory.getLog("dev.retrykit");

    final @Nullable Retries parent;
    final NamedRegistry<PolicyEntry> policies;
    final NamedRegistry<CircuitEntry> circuits;
    final NamedRegistry<BudgetEntry> budgets;
    private final ContextTree tree;
    private final ContextEngines engines;
    private final RuntimeSettings runtimeSettings = new RuntimeSettings(this);
    private final UnusedConfiguration usage;
    private volatile SettingsResolver layers;

    /**
     * Creates all configured policies, circuits and budgets.
     *
     * @throws InvalidSettingException for the first invalid setting
     */
    public Retries(ConfiguredSettings written, EngineCollaborators parts) {
        this(written, parts, null);
    }

    /**
     * Creates all configured policies, circuits and budgets that the parent does not have. If the parent has one of the
     * same name, that one is used.
     *
     * @param parent those of the parent context; null if there is none
     * @throws InvalidSettingException for the first invalid setting
     */
    public Retries(ConfiguredSettings written, EngineCollaborators parts, @Nullable Retries parent) {
        this.parent = parent;
        this.policies = new NamedRegistry<>(parent == null ? null : parent.policies);
        this.circuits = new NamedRegistry<>(parent == null ? null : parent.circuits);
        this.budgets = new NamedRegistry<>(parent == null ? null : parent.budgets);
        this.tree = parent == null ? new ContextTree() : parent.tree;
        this.engines = new ContextEngines(parts);
        tree.join(this);
        this.usage = new UnusedConfiguration(this, parent == null ? null : parent.usage);
        this.layers = new SettingsResolver(written, parts, overrides());
        if (parent != null) {
            layers.differences(
                            parent.layers.written(),
                            name -> parent.policies.find(name) != null,
                            name -> parent.circuits.find(name) != null)
                    .forEach(LOG::warn);
        }
        EntryKey.checkNames(SettingsResolver.POLICIES, written.policies());
        EntryKey.checkNames(SettingsResolver.CIRCUITS, written.circuits());
        EntryKey.checkNames(SettingsResolver.BUDGETS, written.budgets());
        for (String name : written.budgets()) {
            budget(name, SettingsResolver.BUDGETS + "." + name);
        }
        for (String name : written.circuits()) {
            circuitEntry(name, SettingsResolver.CIRCUITS + "." + name);
        }
        for (String name : written.policies()) {
            if (!name.contains(".")) {
                policyEntry(name, SettingsResolver.POLICIES + "." + name);
            }
        }
    }

    /**
     * Returns the engine of a configured policy, without a circuit.
     *
     * @throws IllegalArgumentException if no policy has this name
     */
    public Retry get(String name) {
        PolicyEntry policy = findPolicy(name)
                .orElseThrow(() -> unknown("policy", name, layers.written().policies()));
        // a policy of a child context ends with the child
        Retries user = policies.find(name) == null ? tree.maker(policy, this) : this;
        return user.engines.engine(policy, null);
    }

    /**
     * Returns a configured circuit.
     *
     * @throws IllegalArgumentException if no circuit has this name
     */
    public Circuit circuit(String name) {
        return findCircuit(name)
                .orElseThrow(() -> unknown("circuit", name, layers.written().circuits()))
                .use();
    }

    /**
     * Returns a policy that is referenced by name.
     *
     * @param user what refers to the policy, for messages
     * @throws InvalidSettingException if it is not configured
     */
    public PolicyEntry policyEntry(String name, String user) {
        if (parent == null || parent.policies.find(name) == null) {
            layers.checkPolicy(name, user);
        }
        return policies.findOrAdd(name, () -> make(name, null, user));
    }

    /**
     * Returns a circuit that is referenced by name.
     *
     * @param user what refers to the circuit, for messages
     * @throws InvalidSettingException if it is not configured
     */
    public CircuitEntry circuitEntry(String name, String user) {
        if (parent == null || parent.circuits.find(name) == null) {
            layers.checkCircuit(name, user);
        }
        return circuits.findOrAdd(name, () -> makeCircuit(name, user));
    }

    /** Returns the method that first used a short name, in any context of the tree. */
    public String methodOf(String name, String method) {
        return tree.methodOf(name, method);
    }

    /**
     * Returns the policy of an annotation without a name. Settings configured under this name override the annotation.
     */
    public PolicyEntry ownPolicy(String name, SettingsLayer annotation) {
        return policies.findOrAdd(name, () -> make(name, annotation, name));
    }

    /** Returns the circuit of an annotation without a name. */
    public CircuitEntry ownCircuit(String name) {
        return circuits.findOrAdd(name, () -> makeCircuit(name, null));
    }

    /** Finds a policy by name, in any spelling. */
    public Optional<PolicyEntry> findPolicy(String name) {
        return policies.search(name);
    }

    /** Finds a circuit by name, in any spelling. */
    public Optional<CircuitEntry> findCircuit(String name) {
        return circuits.search(name);
    }

    /** Finds a budget by name, in any spelling. */
    public Optional<BudgetEntry> findBudget(String name) {
        return budgets.search(name);
    }

    /** The policies that this context created. */
    public Collection<PolicyEntry> ownPolicies() {
        return policies.own();
    }

    /** The circuits that this context created. */
    Collection<CircuitEntry> ownCircuits() {
        return circuits.own();
    }

    /** The budgets that this context created. */
    Collection<BudgetEntry> ownBudgets() {
        return budgets.own();
    }

    /** All policies, including those of parent and child contexts. */
    public Collection<PolicyEntry> policies() {
        return policies.all();
    }

    /** All circuits, including those of parent and child contexts. */
    public Collection<CircuitEntry> circuits() {
        return circuits.all();
    }

    /** All budgets, shared ones and those of single policies. */
    public Collection<BudgetEntry> budgets() {
        return budgets.all();
    }

    /** Reports unused configuration, and names that contexts share, when a context starts. */
    public void report(UnusedConfiguration.Next next, Consumer<String> warnings, Consumer<String> notes) {
        usage.report(next, warnings, notes);
    }

    /**
     * Passes each policy, circuit and budget to the consumers, including those created later.
     *
     * @param removed receives those of a child context that closes
     */
    public void each(
            Consumer<PolicyEntry> policy,
            Consumer<CircuitEntry> circuit,
            Consumer<BudgetEntry> budget,
            Consumer<Object> removed) {
        policies.each(policy, removed);
        circuits.each(circuit, removed);
        budgets.each(budget, removed);
    }

    /** Changes settings at run time. */
    public RuntimeSettings runtimeSettings() {
        return runtimeSettings;
    }

    SettingsResolver layers() {
        return layers;
    }

    /** The layers of the context that created an entry. */
    SettingsResolver layersOf(Object entry) {
        return tree.maker(entry, this).layers;
    }

    void set(SettingsResolver other) {
        layers = other;
    }

    /** Whether delays have ended, and nothing is retried anymore, in any context of the tree. */
    public boolean isAnyShutDown() {
        return tree.isAnyShutDown();
    }

    /** The engines of this context. */
    public ContextEngines engines() {
        return engines;
    }

    /** Shuts everything down. This is the last step of a shutdown, and the only one if startup has failed. */
    @Override
    public void destroy() {
        engines.shutdownNow();
        policies.leave();
        circuits.leave();
        budgets.leave();
        engines.leave(policies.own(), circuits.own());
        usage.leave(LOG::warn);
        tree.forget(this);
    }

    /** Reads the current settings at each access. */
    private RuntimeOverrides overrides() {
        return new RuntimeOverrides(
                name -> findPolicy(name).map(PolicyEntry::given).orElse(SettingsLayer.EMPTY),
                name -> findCircuit(name).map(CircuitEntry::given).orElse(SettingsLayer.EMPTY));
    }

    private PolicyEntry make(String name, @Nullable SettingsLayer annotation, String user) {
        ResolvedPolicy resolved = layers.policy(name, annotation, SettingsLayer.EMPTY, user);
        BudgetEntry budget = resolved.budget() instanceof Budget.Shared shared
                ? budget(shared.name(), shared.user())
                : ownBudget(name, ((Budget.Own) resolved.budget()).policy());
        return tree.made(new PolicyEntry(name, annotation, resolved, budget, layers.parts()), this);
    }

    /** The budget has the policy's name, unless a shared budget has that name. */
    private BudgetEntry ownBudget(String policy, BudgetPolicy settings) {
        String name = layers.written().budget(policy) == null ? policy : "policy " + policy;
        return budgets.findOrAdd(
                name, () -> tree.made(new BudgetEntry(budgetOf(name, settings), Map.of(), false), this));
    }

    private BudgetEntry budget(String name, String user) {
        Resolved<BudgetPolicy> settings = layers.budget(name, SettingsLayer.EMPTY, user);
        BudgetEntry found = budgets.findOrAdd(
                name,
                () -> tree.made(new BudgetEntry(budgetOf(name, settings.value()), settings.settings(), true), this));
        if (!found.isShared()) {
            LOG.warn(
                    user + ": the settings of " + new EntryKey(SettingsResolver.BUDGETS, name).text()
                            + " do not apply, because policy '" + found.name()
                            + "' has its own budget of this name in this"
                            + " application, which is used instead. Rename the budget, or restart if it was added at run time.");
        }
        return found;
    }

    private RetryBudget budgetOf(String name, BudgetPolicy settings) {
        return RetryBudget.of(name, settings, layers.parts().time());
    }

    private CircuitEntry makeCircuit(String name, @Nullable String user) {
        ResolvedCircuit resolved = layers.circuit(name, SettingsLayer.EMPTY, user);
        return tree.made(new CircuitEntry(name, user == null, resolved, layers.parts()), this);
    }

    private static IllegalArgumentException unknown(String kind, String name, Collection<String> names) {
        return new IllegalArgumentException("No " + kind + " is named " + MessageText.quoted(name) + ". "
                + SpellingMatcher.suggestion(name, names));
    }
}
