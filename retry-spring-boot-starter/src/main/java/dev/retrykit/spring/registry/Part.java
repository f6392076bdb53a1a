package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.circuit.Circuit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** What belongs to one key of a circuit: the circuit itself, and an engine for each policy that is used with it. */
public final class Part {

    private final Circuit circuit;
    private final Map<String, Retry> engines = new ConcurrentHashMap<>(2);

    Part(Circuit circuit) {
        this.circuit = circuit;
    }

    /** The circuit. */
    Circuit circuit() {
        return circuit;
    }

    /** The engine of a policy, made by the first call that needs it. */
    Retry engine(String policy, Function<Circuit, Retry> maker) {
        Retry engine = engines.get(policy);
        return engine != null ? engine : engines.computeIfAbsent(policy, key -> maker.apply(circuit));
    }

    /** The engine of a policy, if it was needed yet. */
    Optional<Retry> engine(String policy) {
        return Optional.ofNullable(engines.get(policy));
    }
}
