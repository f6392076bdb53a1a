package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.RetryCounters;
import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.KeyedBudgets;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.spring.registry.layers.EngineCollaborators;
import dev.retrykit.spring.registry.layers.ResolvedPolicy;
import dev.retrykit.spring.registry.layers.SettingsResolver;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.PolicySettings;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
    private final Consumer<Retry> enlist;
    private final RetryCounters counters = new RetryCounters();
    private final FallbackCounters fallbacks = new FallbackCounters();
    private final List<String> methods = new CopyOnWriteArrayList<>();
    private final Map<String, Retry> retries = new ConcurrentHashMap<>();
    private final Set<String> keyed = ConcurrentHashMap.newKeySet();

    /**
     * The source of idempotency keys when methods were set up. It can be switched off and on at run time, but not
     * changed.
     */
    private final @Nullable String firstKey;

    private volatile ResolvedPolicy terms;
    private volatile SettingsLayer given = SettingsLayer.EMPTY;
    private volatile @Nullable Retry bare;
    private final List<Retry> others = new CopyOnWriteArrayList<>();
    private @Nullable KeyedBudgets withoutCircuit;

    /**
     * Creates an entry without an engine.
     *
     * @param annotation the settings of the annotation that the policy is named after; null if it is configured by name
     * @param budget the shared budget that its settings name, or its own
     * @param enlist receives the engine, from which all others are derived
     */
    PolicyEntry(
            String name,
            @Nullable SettingsLayer annotation,
            ResolvedPolicy terms,
            BudgetEntry budget,
            EngineCollaborators parts,
            Consumer<Retry> enlist) {
        this.name = name;
        this.annotation = annotation;
        this.terms = terms;
        this.firstKey = terms.idempotencyKey();
        this.budget = budget;
        this.parts = parts;
        this.enlist = enlist;
    }

    /** The engine without a circuit. */
    public synchronized Retry retry() {
        Retry made = bare;
        if (made == null) {
            made = build(enlist);
            bare = made;
        }
        return made;
    }

    /** The engine with a circuit. */
    public Retry retry(CircuitEntry circuit) {
        return retries.computeIfAbsent(circuit.name(), key -> retry().with(circuit.circuit(), budget()));
    }

    /** The engine with the circuit of a key. */
    public Retry retry(CircuitEntry circuit, String key) {
        KeyedCircuitSlot part = circuit.circuits().get(key);
        boolean own = !sharesBudget() && part.circuit() != circuit.circuit();
        return part.engine(this, of -> retry().with(of, own ? budget().another() : budget()));
    }

    /** The engine without a circuit, with a budget per key unless the policy names a shared budget. */
    public Retry retry(String key) {
        return sharesBudget() ? retry() : retry().with(null, byKey().get(key));
    }

    private synchronized KeyedBudgets byKey() {
        KeyedBudgets made = withoutCircuit;
        if (made == null) {
            KeyedBudgets keys = KeyedBudgets.of(budget());
            budget.addKeys(() -> keys.all().stream());
            withoutCircuit = keys;
            return keys;
        }
        return made;
    }

    /** Registers a keyed circuit that the policy is used with. */
    public void addKeys(CircuitEntry circuit) {
        if (!sharesBudget() && keyed.add(circuit.name())) {
            budget.addKeys(() -> circuit.circuits().all().values().stream()
                    .flatMap(part -> Stream.ofNullable(part.find(this)))
                    .map(Retry::budget));
        }
    }

    /** Whether the policy has a budget per key of some circuit. */
    public boolean hasBudgetsByKey() {
        return !keyed.isEmpty();
    }

    /**
     * Creates another engine with the same settings, counters and budget, for a child context whose calls end earlier.
     *
     * @param enlistedAt receives the engine, to shut it down
     */
    synchronized Retry another(Consumer<Retry> enlistedAt) {
        retry(); // marks the policy as used
        Retry made = build(enlistedAt);
        others.add(made);
        return made;
    }

    /** Removes an engine that a child context no longer uses. */
    void forget(Retry other) {
        others.remove(other);
    }

    private Retry build(Consumer<Retry> enlistedAt) {
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
        Retry engine = builder.build();
        enlistedAt.accept(engine);
        return engine;
    }

    /**
     * Resolves the settings that would apply with other layers.
     *
     * @throws InvalidSettingException if they are invalid, or change something that cannot change at run time
     */
    ResolvedPolicy termsUnder(SettingsResolver layers, SettingsLayer newlyGiven) {
        ResolvedPolicy other = layers.policy(name, annotation, newlyGiven, "The running application");
        terms.checkCanBecome(other);
        other.checkKey(firstKey);
        return other;
    }

    /** Changes the settings. Counters, window and budget are kept. */
    synchronized void change(ResolvedPolicy other, SettingsLayer newlyGiven) {
        terms = other;
        given = newlyGiven;
        if (other.ownBudget() != null) {
            budget.budget().change(other.ownBudget());
        }
        Retry engine = bare;
        if (engine != null) {
            engine.change(other.policy().policy());
        }
        others.forEach(another -> another.change(other.policy().policy()));
    }

    /** The settings that were changed at run time. */
    SettingsLayer given() {
        return given;
    }

    private boolean sharesBudget() {
        return terms.sharedBudget() != null;
    }

    /** Whether a publisher that has emitted some of its elements is retried too. */
    public boolean retriesPartial() {
        return PolicySettings.RETRY_PARTIAL.in(settings(), false);
    }

    /** The source of idempotency keys: {@code auto}, or an expression over arguments; null = no keys. */
    public @Nullable String idempotencyKey() {
        return terms.idempotencyKey();
    }

    /** Whether the policy currently sends idempotency keys. They can be switched off at run time. */
    public boolean hasIdempotencyKeys() {
        return terms.idempotencyKey() != null;
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

    /** Whether the policy's engine has been created. */
    boolean isUsed() {
        return bare != null;
    }

    /** The name of the policy. */
    public String name() {
        return name;
    }

    /** The effective settings, as the engine uses them. */
    public RetryPolicy policy() {
        return terms.policy().policy();
    }

    /** The effective settings by key, with their origins. */
    public Map<String, Setting> settings() {
        return terms.policy().settings();
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
