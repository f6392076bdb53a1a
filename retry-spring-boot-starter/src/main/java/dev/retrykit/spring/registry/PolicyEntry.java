package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.RetryCounters;
import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.KeyedBudgets;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.spring.registry.layers.EngineCollaborators;
import dev.retrykit.spring.registry.layers.ResolvedPolicy;
import dev.retrykit.spring.registry.layers.ResolvedPolicy.Budget;
import dev.retrykit.spring.registry.layers.SettingsResolver;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A policy of the application. Methods that use it with different circuits share its counters and its budget. With a
 * keyed circuit, each key has its own budget, unless the policy names a shared budget.
 */
public final class PolicyEntry {

    private final String name;
    private final @Nullable SettingsLayer annotation;
    private final BudgetEntry budget;
    private final EngineCollaborators parts;
    private final RetryCounters counters = new RetryCounters();
    private final FallbackCounters fallbacks = new FallbackCounters();
    private final List<String> methods = new CopyOnWriteArrayList<>();

    /** The engines of all contexts, without those derived from them. */
    private final List<Retry> engines = new CopyOnWriteArrayList<>();

    /** The keyed circuits that the policy is used with, if their keys have budgets. */
    private final Set<CircuitEntry> keyed = ConcurrentHashMap.newKeySet();

    /**
     * The source of idempotency keys when methods were set up. It can be switched off and on at run time, but not
     * changed.
     */
    private final @Nullable String firstKey;

    private volatile ResolvedPolicy resolved;
    private volatile SettingsLayer given = SettingsLayer.EMPTY;
    private volatile boolean used;
    private @Nullable KeyedBudgets withoutCircuit;

    /**
     * Creates an entry without engines.
     *
     * @param annotation the settings of the annotation that the policy is named after; null if it is configured by name
     * @param budget the shared budget that its settings name, or its own
     */
    PolicyEntry(
            String name,
            @Nullable SettingsLayer annotation,
            ResolvedPolicy resolved,
            BudgetEntry budget,
            EngineCollaborators parts) {
        this.name = name;
        this.annotation = annotation;
        this.resolved = resolved;
        this.firstKey = resolved.idempotencyKey();
        this.budget = budget;
        this.parts = parts;
        if (!sharesBudget()) { // a shared budget may be a parent's, which would keep this policy
            budget.addKeys(() -> keyed.stream()
                    .flatMap(circuit -> circuit.circuits().all().values().stream())
                    .flatMap(slot -> slot.usedBudget(this)));
        }
    }

    /** Creates the engine of a context, without a circuit. */
    synchronized Retry newEngine() {
        Retry.Builder builder = Retry.builder(name)
                .policy(policy())
                .budget(budget())
                .timeSource(parts.time())
                .executor(parts.executor())
                .context(parts.context())
                .counters(counters);
        AttemptObserver observer = parts.observer();
        if (observer != null) {
            builder.observer(observer);
        }
        parts.retryListeners().forEach(builder::listener);
        Retry made = builder.build();
        engines.add(made);
        used = true;
        return made;
    }

    /** Removes the engine and the circuits of a context that closes. */
    void forget(Retry engine, Collection<CircuitEntry> circuits) {
        engines.remove(engine);
        keyed.removeAll(circuits);
    }

    /** The budget of the circuit of a key. Keys beyond the circuit's limit share the budget of calls without a key. */
    RetryBudget budget(CircuitEntry circuit, KeyedCircuitSlot slot) {
        return sharesBudget() || slot.circuit() == circuit.circuit() ? budget() : slot.budget(this);
    }

    /** The budgets of keys without a circuit. */
    synchronized KeyedBudgets budgetsByKey() {
        if (withoutCircuit == null) {
            KeyedBudgets made = KeyedBudgets.of(budget());
            budget.addKeys(() -> made.all().stream());
            withoutCircuit = made;
        }
        return withoutCircuit;
    }

    /** Registers a keyed circuit that the policy is used with. */
    void addKeys(CircuitEntry circuit) {
        if (!sharesBudget()) {
            keyed.add(circuit);
        }
    }

    /** Whether the policy has a budget per key of some circuit. */
    public boolean hasBudgetsByKey() {
        return !keyed.isEmpty();
    }

    /**
     * Resolves the settings that would apply with other layers.
     *
     * @throws InvalidSettingException if they are invalid, or change something that cannot change at run time
     */
    ResolvedPolicy resolvedUnder(SettingsResolver layers, SettingsLayer newlyGiven) {
        ResolvedPolicy other = layers.policy(name, annotation, newlyGiven, RuntimeSettings.RUNNING);
        resolved.checkCanBecome(other);
        other.checkKey(firstKey);
        return other;
    }

    /** Changes the settings. Counters, window and budget are kept. */
    synchronized void change(ResolvedPolicy other, SettingsLayer newlyGiven) {
        resolved = other;
        given = newlyGiven;
        if (other.budget() instanceof Budget.Own own) {
            budget().change(own.policy());
        }
        engines.forEach(engine -> engine.change(other.policy().value()));
    }

    /** The settings that were changed at run time. */
    SettingsLayer given() {
        return given;
    }

    /** Whether the policy names a shared budget, which all keys share too. */
    boolean sharesBudget() {
        return resolved.budget() instanceof Budget.Shared;
    }

    /** Whether a publisher that has emitted some of its elements is retried too. */
    public boolean retriesPartial() {
        return PolicySettings.RETRY_PARTIAL.in(settings(), false);
    }

    /** The source of idempotency keys: {@code auto}, or an expression over arguments; null = no keys. */
    public @Nullable String idempotencyKey() {
        return resolved.idempotencyKey();
    }

    /** Whether the policy currently sends idempotency keys. They can be switched off at run time. */
    public boolean hasIdempotencyKeys() {
        return resolved.idempotencyKey() != null;
    }

    /** The source of idempotency keys, for messages and logs. */
    public String shownIdempotencyKey() {
        Setting key = settings().get(PolicySettings.IDEMPOTENCY_KEY.name());
        return key == null ? "" : String.valueOf(key.shown());
    }

    /** Registers a method that uses the policy. */
    public void addMethod(String method) {
        methods.add(method);
    }

    /** Whether an engine of the policy has been created. */
    boolean isUsed() {
        return used;
    }

    /** The name of the policy. */
    public String name() {
        return name;
    }

    /** The effective settings, as the engine uses them. */
    public RetryPolicy policy() {
        return resolved.policy().value();
    }

    /** The effective settings by key, with their origins. */
    public Map<String, Setting> settings() {
        return resolved.policy().settings();
    }

    /** The counters of its calls. */
    public RetryCounters counters() {
        return counters;
    }

    /** The counters of its fallbacks. */
    public FallbackCounters fallbacks() {
        return fallbacks;
    }

    /** The budget of all calls that have no budget per key. */
    public RetryBudget budget() {
        return budget.budget();
    }

    /** The methods that use the policy. */
    public List<String> methods() {
        return List.copyOf(methods);
    }
}
