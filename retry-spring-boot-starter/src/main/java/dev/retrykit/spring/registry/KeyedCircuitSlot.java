package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.circuit.Circuit;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The circuit of one key, with an engine for each policy that uses it. The engines are identified by their owner, not
 * by name, because contexts may have policies of the same name.
 */
public final class KeyedCircuitSlot {

    private final Circuit circuit;
    private final Map<Object, Retry> engines = new ConcurrentHashMap<>(2);

    KeyedCircuitSlot(Circuit circuit) {
        this.circuit = circuit;
    }

    /** The circuit of this key. */
    Circuit circuit() {
        return circuit;
    }

    /** The engine of an owner, created by its first call. */
    Retry engine(Object owner, Function<Circuit, Retry> maker) {
        Retry engine = engines.get(owner);
        return engine != null ? engine : engines.computeIfAbsent(owner, key -> maker.apply(circuit));
    }

    /** The engine of an owner; null if it has not been created. */
    @Nullable
    Retry find(Object owner) {
        return engines.get(owner);
    }

    /** Removes the engines of some owners. */
    void forget(Collection<Object> owners) {
        engines.keySet().removeAll(owners);
    }
}
