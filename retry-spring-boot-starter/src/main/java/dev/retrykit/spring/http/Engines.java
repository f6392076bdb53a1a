package dev.retrykit.spring.http;

import dev.retrykit.Retry;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.PolicyEntry;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Through what the requests of a guard go. */
final class Engines {

    private Engines() {}

    /**
     * The engine for each host.
     *
     * @param byHost whether each host has a circuit and a budget of its own
     */
    static Function<String, Retry> of(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit, boolean byHost) {
        if (byHost) {
            return byHost(policy, circuit);
        }
        Retry one = one(policy, circuit);
        return host -> one;
    }

    private static Retry one(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit) {
        if (policy == null) {
            return required(circuit).guard();
        }
        return circuit == null ? policy.retry() : policy.retry(circuit);
    }

    private static Function<String, Retry> byHost(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit) {
        if (policy == null) {
            return required(circuit)::guard;
        }
        if (circuit == null) {
            return policy::retry;
        }
        policy.addKeys(circuit);
        return host -> policy.retry(circuit, host);
    }

    private static CircuitEntry required(@Nullable CircuitEntry circuit) {
        if (circuit == null) {
            throw new IllegalStateException("a guard needs a policy or a circuit");
        }
        return circuit;
    }
}
