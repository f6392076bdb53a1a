package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.circuit.Circuit;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to one key of a circuit: the circuit itself, and an engine for each policy that is used with it. The engines
 * are known by whom they belong to: contexts may have policies of one name.
 */
public final class KeyedCircuitSlot {

    private final Circuit circuit;
    private final Map<Object, Retry> engines = new ConcurrentHashMap<>(2);

    KeyedCircuitSlot(Circuit circuit) {
        this.circuit = circuit;
    }

    /** The circuit. */
    Circuit circuit() {
        return circuit;
    }

    /** The engine of a policy, made by the first call that needs it. */
    Retry engine(Object owner, Function<Circuit, Retry> maker) {
        Retry engine = engines.get(owner);
        return engine != null ? engine : engines.computeIfAbsent(owner, key -> maker.apply(circuit));
    }

    /** The engine of a policy; null if it wasn't needed yet. */
    @Nullable
    Retry find(Object owner) {
        return engines.get(owner);
    }

    /** Drops the engines of some. */
    void forget(Collection<Object> owners) {
        engines.keySet().removeAll(owners);
    }
}
