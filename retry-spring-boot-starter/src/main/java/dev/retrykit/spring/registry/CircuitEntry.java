package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitCounters;
import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.circuit.KeyedCircuits;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.SettingsLayer;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A circuit of the application, and where methods have a key one for each key. Calls without a key, and keys that find no
 * room, go through one of them, the shared one.
 */
public final class CircuitEntry {

    private final boolean own;
    private volatile ResolvedCircuit terms;
    private volatile SettingsLayer given = SettingsLayer.EMPTY;
    private final CircuitCounters counters = new CircuitCounters();
    private final FallbackCounters fallbacks = new FallbackCounters();
    private final KeyedCircuits<KeyedCircuitSlot> circuits;
    private final Supplier<Retry> guards;
    private final Retry guard;
    private final List<String> methods = new CopyOnWriteArrayList<>();
    private volatile boolean used;
    private volatile boolean keyed;
    private volatile boolean unkeyed;

    /**
     * A closed circuit.
     *
     * @param own whether it is named after an annotation, so that it needn't be configured
     */
    CircuitEntry(String name, boolean own, ResolvedCircuit terms, EngineCollaborators parts) {
        this.own = own;
        this.terms = terms;
        RetryPolicy once = once(parts);
        this.circuits = KeyedCircuits.of(
                () -> Circuit.builder(name)
                        .policy(terms.policy().policy())
                        .timeSource(parts.time())
                        .listener(parts.circuitListener())
                        .classifier(once::classify)
                        .counters(counters),
                terms.limits().policy(),
                KeyedCircuitSlot::new);
        this.guards = () -> Retry.builder(name)
                .policy(once)
                .circuit(circuit())
                .budget(RetryBudget.of(name, BudgetPolicy.unlimited(), parts.time()))
                .timeSource(parts.time())
                .executor(parts.executor())
                .context(parts.context())
                .build();
        this.guard = guards.get();
    }

    /**
     * What would hold under other layers.
     *
     * @throws InvalidSettingException if that can't hold
     */
    ResolvedCircuit termsUnder(SettingsResolver layers, SettingsLayer newlyGiven) {
        return layers.circuit(name(), newlyGiven, own ? null : "The running application");
    }

    /** Takes other terms from now on. State, window and counters live on. */
    synchronized void change(ResolvedCircuit other, SettingsLayer newlyGiven) {
        circuits.change(other.policy().policy(), other.limits().policy());
        terms = other;
        given = newlyGiven;
    }

    /** What was given while the application runs. */
    SettingsLayer given() {
        return given;
    }

    /** An engine that makes one attempt through the circuit, for methods that aren't retried. */
    public Retry guard() {
        return guard;
    }

    /** Another one for calls that end before others: with whom it is enlisted at. */
    Retry anotherGuard(Consumer<Retry> enlistedAt) {
        Retry made = guards.get();
        enlistedAt.accept(made);
        return made;
    }

    /** The same through the circuit of a key. */
    public Retry guard(String key) {
        return circuits.get(key).engine(this, circuit -> guard.with(circuit, guard.budget()));
    }

    private static RetryPolicy once(EngineCollaborators parts) {
        RetryPolicy.Builder once = RetryPolicy.builder()
                .maxAttempts(1)
                .timeBudget(Duration.ofNanos(Nanos.UNLIMITED))
                .clock(parts.time()::now)
                .resultClassifier(parts.results());
        parts.failures().forEach(once::classifier);
        return once.build();
    }

    /**
     * Notes a method that goes through it.
     *
     * @param byKey whether its calls have a key
     */
    public void addMethod(String method, boolean byKey) {
        methods.add(method);
        used = true;
        keyed |= byKey;
        unkeyed |= !byKey;
    }

    /** The circuit, for somebody who calls through it without an annotation. */
    Circuit use() {
        used = true;
        return circuit();
    }

    /** Whether a method goes through it, or somebody has asked for it. */
    boolean isUsed() {
        return used;
    }

    /** The name. */
    public String name() {
        return circuits.name();
    }

    /** The circuit of calls without a key, and of keys that find no room. */
    public Circuit circuit() {
        return circuits.shared().circuit();
    }

    /** All of its circuits: what is done to the name is done to these. */
    public KeyedCircuits<KeyedCircuitSlot> circuits() {
        return circuits;
    }

    /** Whether there are methods whose calls have a key. */
    public boolean isKeyed() {
        return keyed;
    }

    /** The circuits of the keys as they are now. */
    public Map<String, CircuitSnapshot> keys() {
        Map<String, CircuitSnapshot> keys = new LinkedHashMap<>();
        circuits.all().forEach((key, part) -> keys.put(key, part.circuit().snapshot()));
        return keys;
    }

    /**
     * Whether the circuit of calls without a key tells something: methods without a key or keys that found no room have
     * used it, or no other one exists.
     */
    public boolean isSharedInUse() {
        CircuitSnapshot shared = circuit().snapshot();
        return !keyed
                || unkeyed
                || shared.calls() > 0
                || shared.rejected() > 0
                || circuits.all().isEmpty();
    }

    /** How many circuits are in a state: those of the keys, and the one of calls without a key if it is in use. */
    public long countIn(CircuitState state) {
        Stream<Circuit> ofKeys =
                keyed ? circuits.all().values().stream().map(KeyedCircuitSlot::circuit) : Stream.empty();
        Stream<Circuit> counted = isSharedInUse() ? Stream.concat(ofKeys, Stream.of(circuit())) : ofKeys;
        return counted.filter(circuit -> circuit.state() == state).count();
    }

    /** Whether the application isn't well while it is open. */
    public boolean affectsHealth() {
        Setting affects = settings().get("affects-health");
        return affects != null && Boolean.TRUE.equals(affects.value());
    }

    /** The effective settings by key, and where each came from. */
    public Map<String, Setting> settings() {
        return terms.settings();
    }

    /** What came out of its calls, whatever their key. */
    public CircuitCounters counters() {
        return counters;
    }

    /** What became of the fallbacks of methods that it guards and nobody retries. */
    public FallbackCounters fallbacks() {
        return fallbacks;
    }

    /** The methods that go through it. */
    public List<String> methods() {
        return List.copyOf(methods);
    }
}
