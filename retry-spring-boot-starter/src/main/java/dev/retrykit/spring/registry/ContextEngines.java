package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.budget.RetryBudget;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The engines that one context uses. For policies and circuits of a parent context, it has its own engines: they shut
 * down with this context, and the parent's engines go on. Thread-safe.
 */
public final class ContextEngines {

    private final Predicate<Object> isInherited;
    private final GuardEngines engines;
    private final Map<PolicyEntry, Retry> inherited = new ConcurrentHashMap<>();
    private final Map<CircuitEntry, Retry> guards = new ConcurrentHashMap<>();
    private final Set<CircuitEntry> keyed = ConcurrentHashMap.newKeySet();

    /** The owners of engines of this context that the circuits of a parent context hold per key. */
    private final Set<Object> owners = ConcurrentHashMap.newKeySet();

    /**
     * Creates the engines of one context.
     *
     * @param isInherited whether a policy or circuit belongs to a parent context
     * @param engines the engines that shut down with the context
     */
    ContextEngines(Predicate<Object> isInherited, GuardEngines engines) {
        this.isInherited = isInherited;
        this.engines = engines;
    }

    /**
     * The engine of a policy through a circuit, or of one of the two.
     *
     * @throws IllegalStateException if both are null
     */
    public Retry engine(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit) {
        if (policy == null) {
            return guard(required(circuit));
        }
        Retry bare = bare(policy);
        if (circuit == null) {
            return bare;
        }
        return isInherited.test(policy) ? bare.with(circuit.circuit(), policy.budget()) : policy.retry(circuit);
    }

    /**
     * The engines per key of a policy through a circuit, or of one of the two.
     *
     * @throws IllegalStateException if both are null
     */
    public Function<String, Retry> byKey(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit) {
        if (policy == null) {
            return guardByKey(required(circuit));
        }
        if (circuit == null) {
            Retry bare = bare(policy);
            return isInherited.test(policy)
                    ? key -> bare.with(null, policy.retry(key).budget())
                    : policy::retry;
        }
        policy.addKeys(circuit);
        if (!isInherited.test(policy)) {
            keep(circuit, policy);
            return key -> policy.retry(circuit, key);
        }
        Retry bare = bare(policy);
        keep(circuit, bare);
        return key -> inherited(policy, circuit, key, bare);
    }

    private static Retry inherited(PolicyEntry policy, CircuitEntry circuit, String key, Retry bare) {
        KeyedCircuitSlot part = circuit.circuits().get(key);
        Retry known = part.find(bare);
        if (known != null) {
            return known;
        }
        RetryBudget budget = policy.retry(circuit, key).budget();
        return part.engine(bare, of -> bare.with(of, budget));
    }

    private Function<String, Retry> guardByKey(CircuitEntry circuit) {
        if (!isInherited.test(circuit)) {
            return circuit::guard;
        }
        Retry guard = guard(circuit);
        keep(circuit, guard);
        return key -> circuit.circuits().get(key).engine(guard, of -> guard.with(of, guard.budget()));
    }

    /** Remembers the owner: an inherited circuit may outlive this context. */
    private void keep(CircuitEntry circuit, Object owner) {
        if (isInherited.test(circuit)) {
            keyed.add(circuit);
            owners.add(owner);
        }
    }

    private Retry bare(PolicyEntry policy) {
        return isInherited.test(policy)
                ? inherited.computeIfAbsent(policy, key -> policy.another(engines::add))
                : policy.retry();
    }

    private Retry guard(CircuitEntry circuit) {
        return isInherited.test(circuit)
                ? guards.computeIfAbsent(circuit, key -> circuit.anotherGuard(engines::add))
                : circuit.guard();
    }

    /** Removes this context's engines from the policies and circuits of its parents. */
    void leave() {
        inherited.forEach(PolicyEntry::forget);
        for (CircuitEntry circuit : keyed) {
            circuit.circuits().all().values().forEach(part -> part.forget(owners));
        }
    }

    private static CircuitEntry required(@Nullable CircuitEntry circuit) {
        if (circuit == null) {
            throw new IllegalStateException("a policy or a circuit is required");
        }
        return circuit;
    }
}
