package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.RetryCounters;
import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.KeyedBudgets;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingsLayer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A policy of the application. Methods that go through different circuits share its counters and its budget; of a circuit
 * with keys each key has a budget of its own, unless the budget is one that has a name.
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

    /** What methods have taken for good: it can be switched off, and on again. */
    private final @Nullable String firstKey;

    private volatile ResolvedPolicy terms;
    private volatile SettingsLayer given = SettingsLayer.EMPTY;
    private volatile @Nullable Retry bare;
    private final List<Retry> others = new CopyOnWriteArrayList<>();
    private @Nullable KeyedBudgets withoutCircuit;

    /**
     * Without an engine yet.
     *
     * @param annotation what the annotation says that it is named after; null if it is configured by name
     * @param budget the one that its terms name, or one of its own
     * @param enlist told of the engine, of which all others are parts
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

    /** Its engine, without a circuit. */
    public synchronized Retry retry() {
        Retry made = bare;
        if (made == null) {
            made = build(enlist);
            bare = made;
        }
        return made;
    }

    /** Its engine through a circuit. */
    public Retry retry(CircuitEntry circuit) {
        return retries.computeIfAbsent(circuit.name(), key -> retry().with(circuit.circuit(), budget()));
    }

    /** Its engine through the circuit of a key. */
    public Retry retry(CircuitEntry circuit, String key) {
        KeyedCircuitSlot part = circuit.circuits().get(key);
        boolean own = !sharesBudget() && part.circuit() != circuit.circuit();
        return part.engine(this, of -> retry().with(of, own ? budget().another() : budget()));
    }

    /** Its engine without a circuit, with a budget for the key, unless the budget is one that has a name. */
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

    /** Notes that it is used through a circuit with keys. */
    public void addKeys(CircuitEntry circuit) {
        if (!sharesBudget() && keyed.add(circuit.name())) {
            budget.addKeys(() -> circuit.circuits().all().values().stream()
                    .flatMap(part -> Stream.ofNullable(part.find(this)))
                    .map(Retry::budget));
        }
    }

    /** Whether each key of some circuit has a budget of its own. */
    public boolean hasBudgetsByKey() {
        return !keyed.isEmpty();
    }

    /** One with the same settings, counters and budget for calls that end before others: with whom it is enlisted at. */
    synchronized Retry another(Consumer<Retry> enlistedAt) {
        retry(); // it is in use
        Retry made = build(enlistedAt);
        others.add(made);
        return made;
    }

    /** Such an engine isn't used any more. */
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
     * What would hold under other layers. Whatever is said of its engine, or is changed, comes after.
     *
     * @throws InvalidSettingException if that can't hold, or not while the application runs
     */
    ResolvedPolicy termsUnder(SettingsResolver layers, SettingsLayer newlyGiven) {
        ResolvedPolicy other = layers.policy(name, annotation, newlyGiven, "The running application");
        terms.checkCanBecome(other);
        other.checkKey(firstKey);
        return other;
    }

    /** Takes other terms from now on. Counters, window and budget live on. */
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

    /** What was given while the application runs. */
    SettingsLayer given() {
        return given;
    }

    private boolean sharesBudget() {
        return terms.sharedBudget() != null;
    }

    /** Whether a publisher that has emitted some of its elements is retried too. */
    public boolean retriesPartial() {
        Setting partial = settings().get("retry-partial");
        return partial != null && Boolean.TRUE.equals(partial.value());
    }

    /** What makes idempotency keys: {@code auto}, or an expression over arguments; null if there are none. */
    public @Nullable String idempotencyKey() {
        return terms.idempotencyKey();
    }

    /** Whether there are idempotency keys now: they can be switched off while the application runs. */
    public boolean hasIdempotencyKeys() {
        return terms.idempotencyKey() != null;
    }

    /** What makes idempotency keys, for messages and logs. */
    public String shownIdempotencyKey() {
        Setting key = settings().get("idempotency-key");
        return key == null ? "" : String.valueOf(key.shown());
    }

    /** Notes a method that uses it. */
    public void addMethod(String method) {
        methods.add(method);
    }

    /** Whether anybody has asked for its engine. */
    boolean isUsed() {
        return bare != null;
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** The settings as the engine takes them. */
    public RetryPolicy policy() {
        return terms.policy().policy();
    }

    /** The effective settings by key, and where each came from. */
    public Map<String, Setting> settings() {
        return terms.policy().settings();
    }

    /** What became of its calls. */
    public RetryCounters counters() {
        return counters;
    }

    /** What became of its fallbacks. */
    public FallbackCounters fallbacks() {
        return fallbacks;
    }

    /** What its retries are paid from, but for those of a key. */
    public RetryBudget budget() {
        return budget.budget();
    }

    /** The methods that use it. */
    public List<String> methods() {
        return List.copyOf(methods);
    }
}
