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
 * Circuits of one name and the same settings, one per key, such as a shard or a region: one that is down is cut off, and
 * the others are not. Thread-safe; finding the circuit of a known key takes no lock and makes no object.
 *
 * <p>The number of keys is bounded, since keys may come from outside. Over the bound the circuits that weren't used for
 * the idle time go, and no other loses its state. Keys that find no room share one circuit, and get one of their own once
 * there is room.
 *
 * @param <T> what is kept per key: the circuit, or what is made around it
 */
public final class KeyedCircuits<T> {

    private final Supplier<Circuit.Builder> template;
    private final Function<Circuit, T> companion;
    private final Circuit sharedCircuit;
    private final TimeSource time;
    private final Keyed<Kept<T>> circuits;
    private volatile CircuitPolicy policy;

    /** What the circuits of new keys begin with. */
    private volatile InitialState first = InitialState.in(CircuitState.CLOSED);

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

    /** For up to 1,000 keys, on the system's clock. The idle time is 10 min, or as long as a circuit remembers. */
    public static KeyedCircuits<Circuit> of(String name, CircuitPolicy policy) {
        return of(name, policy, TimeSource.system());
    }

    /** For up to 1,000 keys, on another clock. The idle time is 10 min, or as long as a circuit remembers. */
    public static KeyedCircuits<Circuit> of(String name, CircuitPolicy policy, TimeSource time) {
        return of(() -> Circuit.builder(name).policy(policy).timeSource(time), KeyLimits.defaults(policy));
    }

    /**
     * Of one's own making.
     *
     * @param template begins the making of each circuit; all must have the same name, settings and clock
     * @throws IllegalArgumentException if the circuits remember for longer than the idle time
     */
    public static KeyedCircuits<Circuit> of(Supplier<Circuit.Builder> template, KeyLimits limits) {
        return of(template, limits, Function.identity());
    }

    /**
     * Of one's own making, with something around each circuit.
     *
     * @param template begins the making of each circuit; all must have the same name, settings and clock
     * @param companion makes what is kept per key; quickly, and without these circuits
     * @throws IllegalArgumentException if the circuits remember for longer than the idle time
     */
    public static <T> KeyedCircuits<T> of(
            Supplier<Circuit.Builder> template, KeyLimits limits, Function<Circuit, T> companion) {
        return new KeyedCircuits<>(template, limits, companion);
    }

    /**
     * What is kept for the key. A call asks once and keeps to it until it ends.
     *
     * @param key any text
     * @throws NullPointerException if the key is null
     */
    public T get(String key) {
        return circuits.get(key, time.nanoTime()).value;
    }

    /** What is kept for all keys that find no room. */
    public T shared() {
        return circuits.shared().value;
    }

    /** How many keys have a circuit of their own; the shared one isn't counted. */
    public int size() {
        return circuits.size();
    }

    /** What is kept for each key that has a circuit of its own and isn't idle. */
    public Map<String, T> all() {
        Map<String, T> all = new LinkedHashMap<>();
        circuits.all(time.nanoTime()).forEach((key, kept) -> all.put(key, kept.value));
        return all;
    }

    /** The name, which all of the circuits have. */
    public String name() {
        return sharedCircuit.name();
    }

    /** The settings of each circuit. */
    public CircuitPolicy policy() {
        return policy;
    }

    /** Closes all circuits with empty windows; those of new keys begin so again. */
    public void reset() {
        all(Target.RESET, InitialState.in(CircuitState.CLOSED));
    }

    /** Rejects all calls, those of new keys too, until it is reset or disabled. */
    public void forceOpen() {
        force(InitialState.in(CircuitState.FORCED_OPEN));
    }

    /**
     * Rejects all calls for a time, those of new keys too, and then probes.
     *
     * @param time above zero
     */
    public void forceOpen(Duration time) {
        force(InitialState.in(CircuitState.FORCED_OPEN, time, this.time.nanoTime()));
    }

    /** Lets all calls through, those of new keys too, until it is reset or forced open. */
    public void disable() {
        force(InitialState.in(CircuitState.DISABLED));
    }

    /**
     * Lets all calls through for a time, those of new keys too; then all are closed, with empty windows.
     *
     * @param time above zero
     */
    public void disable(Duration time) {
        force(InitialState.in(CircuitState.DISABLED, time, this.time.nanoTime()));
    }

    /** Begins a round of probes in each circuit now; those of new keys begin closed. */
    public void halfOpen() {
        all(Target.HALF_OPEN, InitialState.in(CircuitState.CLOSED));
    }

    /**
     * Takes other settings and limits from now on, as {@link Circuit#change} does. The idle time of all keys begins anew.
     *
     * @throws IllegalArgumentException if circuits of these settings remember for longer than the idle time; then nothing
     *     has changed
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

    private void force(InitialState beginning) {
        all(Target.forced(beginning), beginning);
    }

    private void all(Target now, InitialState later) {
        tell(moved(now, later));
    }

    /** One after the other, so that all circuits end in the same state. */
    private synchronized List<Circuit> moved(Target now, InitialState later) {
        first = later;
        return each(circuit -> circuit.succession.moveQuietlyTo(now));
    }

    /** A circuit that is being made sees what was written before this, or is among these. */
    private List<Circuit> each(Consumer<Circuit> action) {
        List<Circuit> all = new ArrayList<>();
        circuits.all(time.nanoTime()).values().forEach(kept -> all.add(kept.circuit));
        all.add(sharedCircuit);
        all.forEach(action);
        return all;
    }

    /** When no lock is held: a listener may wait for another thread that changes all circuits. */
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
