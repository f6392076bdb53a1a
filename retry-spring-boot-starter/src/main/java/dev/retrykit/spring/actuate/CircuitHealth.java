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
 * Reports the state of each circuit as a detail of the application's health. The status is DOWN only for an open
 * circuit with {@code affects-health}. For a keyed circuit, either the circuits of all keys or that of calls without a key must
 * be open. An application that cannot reach one of several dependencies is still useful, and taking it out of service
 * would turn the outage of a dependency into its own.
 */
public final class CircuitHealth extends AbstractHealthIndicator {

    private static final Set<CircuitState> REJECTING = EnumSet.of(CircuitState.OPEN, CircuitState.FORCED_OPEN);

    private final Retries retries;

    /** Creates the indicator for all circuits. */
    public CircuitHealth(Retries retries) {
        super("The circuits cannot be read");
        this.retries = retries;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        builder.up();
        Map<String, Object> states = new TreeMap<>();
        for (CircuitEntry circuit : retries.circuits()) {
            Collection<CircuitSnapshot> keys = circuit.keys().values();
            CircuitState shared = circuit.isSharedInUse() ? circuit.circuit().state() : null;
            if (circuit.affectsHealth() && isDown(shared, keys)) {
                builder.down();
            }
            states.putIfAbsent(
                    circuit.name(), keys.isEmpty() ? circuit.circuit().state().name() : byState(keys, shared));
        }
        builder.withDetails(states);
    }

    private static boolean isDown(@Nullable CircuitState shared, Collection<CircuitSnapshot> keys) {
        return shared != null && REJECTING.contains(shared)
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
