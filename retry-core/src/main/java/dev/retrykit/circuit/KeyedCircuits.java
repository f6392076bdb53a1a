package dev.retrykit.circuit;

import dev.retrykit.circuit.CircuitTransitions.Target;
import dev.retrykit.internal.keyed.Keyed;
import dev.retrykit.time.Nanos;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Circuits with one name and the same settings, one per key, such as a shard or a region: a circuit cuts off its part
 * of the dependency when that is down, and the others are not affected. Thread-safe; finding the circuit of a known key
 * takes no lock and allocates nothing.
 *
 * <p>The number of keys is bounded, because keys may come from outside. Above the limit, only circuits that were not
 * used for the idle time are evicted. Keys beyond the limit share one circuit, and get their own once there is room.
 *
 * @param <T> what is kept per key: the circuit, or an object that wraps it
 */
public final class KeyedCircuits<T> {

    private final Supplier<Circuit.Builder> template;
    private final Function<Circuit, T> companion;
    private final Circuit sharedCircuit;
    private final TimeSource time;
    private final Keyed<Kept<T>> circuits;
    private volatile CircuitPolicy policy;

    /** The last state that all circuits were put into; circuits of new keys start in it if it is a forced one. */
    private volatile Target first = Target.RESET;

    private KeyedCircuits(Supplier<Circuit.Builder> template, KeyLimits limits, Function<Circuit, T> companion) {
        this.template = template;
        this.companion = companion;
        this.sharedCircuit = template.get().build();
        this.policy = sharedCircuit.policy();
        this.time = sharedCircuit.time();
        limits.checkAgainst(policy);
        this.circuits = new Keyed<>(
                this::make,
                new Kept<>(sharedCircuit, companion.apply(sharedCircuit)),
                limits.maxKeys(),
                Nanos.of(limits.idleTime()),
                time.nanoTime());
    }

    /**
     * Creates circuits for up to 1,000 keys, on the system clock. The idle time is 10 min, or longer if a circuit keeps
     * state for longer.
     */
    public static KeyedCircuits<Circuit> of(String name, CircuitPolicy policy) {
        return of(name, policy, TimeSource.system());
    }

    /**
     * Creates circuits for up to 1,000 keys, on another clock. The idle time is 10 min, or longer if a circuit keeps
     * state for longer.
     */
    public static KeyedCircuits<Circuit> of(String name, CircuitPolicy policy, TimeSource time) {
        return of(() -> Circuit.builder(name).policy(policy).timeSource(time), KeyLimits.defaults(policy));
    }

    /**
     * Creates circuits from a template.
     *
     * @param template returns the builder for each circuit; all must have the same name, settings and clock
     * @throws IllegalArgumentException if the circuits keep state for longer than the idle time
     */
    public static KeyedCircuits<Circuit> of(Supplier<Circuit.Builder> template, KeyLimits limits) {
        return of(template, limits, Function.identity());
    }

    /**
     * Creates circuits from a template, each with a companion object.
     *
     * @param template returns the builder for each circuit; all must have the same name, settings and clock
     * @param companion creates what is kept per key; must be fast and must not use these circuits
     * @throws IllegalArgumentException if the circuits keep state for longer than the idle time
     */
    public static <T> KeyedCircuits<T> of(
            Supplier<Circuit.Builder> template, KeyLimits limits, Function<Circuit, T> companion) {
        return new KeyedCircuits<>(template, limits, companion);
    }

    /**
     * Returns what is kept for the key. A call gets it once and uses it until the call ends.
     *
     * @param key any text
     * @throws NullPointerException if the key is null
     */
    public T get(String key) {
        return circuits.get(key, time.nanoTime()).value;
    }

    /** Returns what is kept for all keys beyond the limit. */
    public T shared() {
        return circuits.shared().value;
    }

    /** The number of keys that have their own circuit; the shared one is not counted. */
    public int size() {
        return circuits.size();
    }

    /** Returns what is kept for each key that has its own circuit and is not idle. */
    public Map<String, T> all() {
        Map<String, T> all = new LinkedHashMap<>();
        circuits.all(time.nanoTime()).forEach((key, kept) -> all.put(key, kept.value));
        return all;
    }

    /** The name that all of the circuits have. */
    public String name() {
        return sharedCircuit.name();
    }

    /** The current settings of each circuit. */
    public CircuitPolicy policy() {
        return policy;
    }

    /** Closes all circuits with empty windows; circuits of new keys start closed again. */
    public void reset() {
        all(Target.RESET);
    }

    /** Rejects all calls, including those of new keys, until the circuits are reset or disabled. */
    public void forceOpen() {
        all(Target.FORCED_OPEN);
    }

    /**
     * Rejects all calls for a time, including those of new keys, and then probes.
     *
     * @param time above zero
     */
    public void forceOpen(Duration time) {
        all(Target.FORCED_OPEN.lasting(time, this.time.nanoTime()));
    }

    /** Lets all calls through, including those of new keys, until the circuits are reset or forced open. */
    public void disable() {
        all(Target.DISABLED);
    }

    /**
     * Lets all calls through for a time, including those of new keys; afterwards all circuits are closed, with empty
     * windows.
     *
     * @param time above zero
     */
    public void disable(Duration time) {
        all(Target.DISABLED.lasting(time, this.time.nanoTime()));
    }

    /** Starts a round of probes in each circuit now; circuits of new keys start closed. */
    public void halfOpen() {
        all(Target.HALF_OPEN);
    }

    /**
     * Changes the settings and limits, as {@link Circuit#change} does. The idle time of all keys starts anew.
     *
     * @throws IllegalArgumentException if circuits with these settings keep state for longer than the idle time;
     *     nothing has changed then
     */
    public void change(CircuitPolicy newPolicy, KeyLimits limits) {
        Objects.requireNonNull(newPolicy, "newPolicy");
        limits.checkAgainst(newPolicy);
        tell(changed(newPolicy, limits));
    }

    private synchronized List<Circuit> changed(CircuitPolicy newPolicy, KeyLimits limits) {
        policy = newPolicy;
        circuits.limit(limits.maxKeys(), Nanos.of(limits.idleTime()), time.nanoTime());
        return each(circuit -> circuit.succession.changeQuietly(newPolicy));
    }

    private void all(Target target) {
        tell(moved(target));
    }

    /** Synchronized so that all circuits end in the same state. */
    private synchronized List<Circuit> moved(Target target) {
        first = target;
        return each(circuit -> circuit.succession.moveQuietlyTo(target));
    }

    /** A circuit that is being created either sees what was written before this, or is among these. */
    private List<Circuit> each(Consumer<Circuit> action) {
        List<Circuit> all = new ArrayList<>();
        circuits.all(time.nanoTime()).values().forEach(kept -> all.add(kept.circuit));
        all.add(sharedCircuit);
        all.forEach(action);
        return all;
    }

    /** Runs without a lock: a listener may wait for another thread that changes all circuits. */
    private static void tell(List<Circuit> moved) {
        moved.forEach(circuit -> circuit.succession.tell());
    }

    private Kept<T> make(String key) {
        Circuit circuit = template.get().policy(policy).keyed(key, first).build();
        return new Kept<>(circuit, companion.apply(circuit));
    }

    @Override
    public String toString() {
        return "KeyedCircuits[" + name() + ": " + size() + " keys]";
    }

    private record Kept<T>(Circuit circuit, T value) {}
}
