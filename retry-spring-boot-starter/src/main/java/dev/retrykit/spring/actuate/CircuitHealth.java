package dev.retrykit.spring.actuate;

import dev.retrykit.circuit.CircuitSnapshot;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.Retries;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The state of each circuit, as a detail of the application's health. It is DOWN only for an open circuit with {@code
 * affects-health}, and where there are keys only if all of them, or the one of calls without a key, are open: an application that can't reach one of several
 * dependencies still has its use, and taking it out of service would make an outage of theirs one of its own.
 */
public final class CircuitHealth extends AbstractHealthIndicator {

    private static final Set<CircuitState> REJECTING = EnumSet.of(CircuitState.OPEN, CircuitState.FORCED_OPEN);

    private final Retries retries;

    /** Of all circuits. */
    public CircuitHealth(Retries retries) {
        super("The circuits can't be read");
        this.retries = retries;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        Map<String, Object> states = new TreeMap<>();
        for (CircuitEntry circuit : retries.circuits()) {
            Collection<CircuitSnapshot> keys = circuit.keys().values();
            CircuitState shared = circuit.circuit().state();
            if (circuit.affectsHealth() && isDown(circuit.isSharedInUse(), shared, keys)) {
                builder.down();
            }
            states.put(
                    circuit.name(),
                    keys.isEmpty() ? shared.name() : byState(keys, circuit.isSharedInUse() ? shared : null));
        }
        builder.withDetails(states);
    }

    private static boolean isDown(boolean sharedInUse, CircuitState shared, Collection<CircuitSnapshot> keys) {
        return sharedInUse && REJECTING.contains(shared)
                || !keys.isEmpty() && keys.stream().allMatch(key -> REJECTING.contains(key.state()));
    }

    private static Map<String, Integer> byState(Collection<CircuitSnapshot> keys, @Nullable CircuitState shared) {
        Map<String, Integer> states = new LinkedHashMap<>();
        keys.forEach(key -> states.merge(key.state().name(), 1, Integer::sum));
        if (shared != null) {
            states.merge(shared.name(), 1, Integer::sum);
        }
        return states;
    }
}
