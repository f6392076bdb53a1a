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
import dev.retrykit.spring.registry.layers.EngineCollaborators;
import dev.retrykit.spring.registry.layers.GuardedFailureListener;
import dev.retrykit.spring.registry.layers.ResolvedCircuit;
import dev.retrykit.spring.registry.layers.SettingsResolver;
import dev.retrykit.spring.settings.CircuitSettings;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.Setting;
import dev.retrykit.spring.settings.binding.SettingsLayer;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A circuit of the application, or one circuit per key if methods have keys. The shared circuit serves calls without a
 * key, and keys beyond the limit.
 */
public final class CircuitEntry {

    private final boolean own;
    private volatile ResolvedCircuit resolved;
    private volatile SettingsLayer given = SettingsLayer.EMPTY;
    private final CircuitCounters counters = new CircuitCounters();
    private final FallbackCounters fallbacks = new FallbackCounters();
    private final KeyedCircuits<KeyedCircuitSlot> circuits;
    private final EngineCollaborators parts;
    private final RetryPolicy once;
    private final List<String> methods = new CopyOnWriteArrayList<>();
    private volatile boolean used;
    private volatile boolean keyed;
    private volatile boolean unkeyed;

    /**
     * Creates an entry with a closed circuit.
     *
     * @param own whether it is named after an annotation, so that it need not be configured
     */
    CircuitEntry(String name, boolean own, ResolvedCircuit resolved, EngineCollaborators parts) {
        this.own = own;
        this.resolved = resolved;
        this.parts = parts;
        this.once = once(parts);
        this.circuits = KeyedCircuits.of(
                () -> Circuit.builder(name)
                        .policy(resolved.policy().value())
                        .timeSource(parts.time())
                        .listener(parts.circuitListener())
                        .classifier(once::classify)
                        .counters(counters),
                resolved.limits(),
                KeyedCircuitSlot::new);
    }

    /**
     * Resolves the settings that would apply with other layers.
     *
     * @throws InvalidSettingException if they are invalid
     */
    ResolvedCircuit resolvedUnder(SettingsResolver layers, SettingsLayer newlyGiven) {
        return layers.circuit(name(), newlyGiven, own ? null : RuntimeSettings.RUNNING);
    }

    /** Changes the settings. State, window and counters are kept. */
    synchronized void change(ResolvedCircuit other, SettingsLayer newlyGiven) {
        circuits.change(other.policy().value(), other.limits());
        resolved = other;
        given = newlyGiven;
    }

    /** The settings that were changed at run time. */
    SettingsLayer given() {
        return given;
    }

    /** Creates the engine of a context that makes one attempt through the circuit, for methods that are not retried. */
    Retry newEngine() {
        Retry.Builder builder = Retry.builder(name())
                .policy(once)
                .circuit(circuit())
                .budget(RetryBudget.of(name(), BudgetPolicy.unlimited(), parts.time()))
                .timeSource(parts.time())
                .executor(parts.executor())
                .context(parts.context());
        parts.retryListeners().stream()
                .filter(GuardedFailureListener.class::isInstance)
                .forEach(builder::listener);
        return builder.build();
    }

    /** Removes what is derived from the engines of a context that closes, and the budgets of its policies. */
    void forget(Collection<Object> gone) {
        circuits.all().values().forEach(slot -> slot.forget(gone));
        circuits.shared().forget(gone);
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
     * Registers a method that uses the circuit.
     *
     * @param byKey whether its calls have a key
     */
    public void addMethod(String method, boolean byKey) {
        methods.add(method);
        used = true;
        keyed |= byKey;
        unkeyed |= !byKey;
    }

    /** Returns the circuit for use without an annotation, and marks it as used. */
    Circuit use() {
        used = true;
        return circuit();
    }

    /** Whether a method or a caller of {@link #use()} uses the circuit. */
    boolean isUsed() {
        return used;
    }

    /** The name of the circuit. */
    public String name() {
        return circuits.name();
    }

    /** The shared circuit: for calls without a key, and for keys beyond the limit. */
    public Circuit circuit() {
        return circuits.shared().circuit();
    }

    /** All circuits of this name. State changes, such as forcing it open, apply to all of them. */
    public KeyedCircuits<KeyedCircuitSlot> circuits() {
        return circuits;
    }

    /** Whether the circuit has methods whose calls have a key. */
    public boolean isKeyed() {
        return keyed;
    }

    /** Snapshots of the circuits per key. */
    public Map<String, CircuitSnapshot> keys() {
        Map<String, CircuitSnapshot> keys = new LinkedHashMap<>();
        circuits.all().forEach((key, part) -> keys.put(key, part.circuit().snapshot()));
        return keys;
    }

    /**
     * Whether the shared circuit is relevant: methods without a key or keys beyond the limit have used it, or it is the
     * only one.
     */
    public boolean isSharedInUse() {
        CircuitSnapshot shared = circuit().snapshot();
        return !keyed
                || unkeyed
                || shared.calls() > 0
                || shared.rejected() > 0
                || circuits.all().isEmpty();
    }

    /** The number of circuits in a state: those of the keys, and the shared one if it is in use. */
    public long countIn(CircuitState state) {
        Stream<Circuit> ofKeys =
                keyed ? circuits.all().values().stream().map(KeyedCircuitSlot::circuit) : Stream.empty();
        Stream<Circuit> counted = isSharedInUse() ? Stream.concat(ofKeys, Stream.of(circuit())) : ofKeys;
        return counted.filter(circuit -> circuit.state() == state).count();
    }

    /** Whether the application's health is DOWN while the circuit is open. */
    public boolean affectsHealth() {
        return CircuitSettings.AFFECTS_HEALTH.in(settings(), false);
    }

    /** The effective settings by key, with their origins. */
    public Map<String, Setting> settings() {
        return resolved.policy().settings();
    }

    /** The counters of all calls, regardless of their key. */
    public CircuitCounters counters() {
        return counters;
    }

    /** The fallback counters of methods that use the circuit without a retry policy. */
    public FallbackCounters fallbacks() {
        return fallbacks;
    }

    /** The methods that use the circuit. */
    public List<String> methods() {
        return List.copyOf(methods);
    }
}
