package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.budget.KeyedBudgets;
import dev.retrykit.spring.registry.layers.EngineCollaborators;
import dev.retrykit.time.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engines of one context: decides which one makes a call, and shuts all of them down with the context. A context
 * has its own engines for the policies and circuits of its parents too, so that the parents' engines outlive it.
 * Thread-safe.
 */
public final class ContextEngines {

    private final EngineCollaborators parts;

    /** For each policy that is used here, the engine without a circuit, from which the others are derived. */
    private final Map<PolicyEntry, Retry> ofPolicies = new ConcurrentHashMap<>();

    /** For each circuit that is used here without a policy, the engine without a key. */
    private final Map<CircuitEntry, Retry> ofCircuits = new ConcurrentHashMap<>();

    /** The circuits that hold engines of this context by key. */
    private final Set<CircuitEntry> keyed = ConcurrentHashMap.newKeySet();

    /** All engines that others are derived from. */
    private final List<Retry> engines = new CopyOnWriteArrayList<>();

    /** How the context shut its engines down; null while it is running. */
    private volatile @Nullable Consumer<Retry> end;

    /** The pending end of delays; null if none is scheduled. */
    private volatile TimeSource.@Nullable Scheduled delayedEnd;

    ContextEngines(EngineCollaborators parts) {
        this.parts = parts;
    }

    /**
     * The engine of a policy through a circuit, or of one of the two.
     *
     * @throws IllegalStateException if both are null
     */
    public Retry engine(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit) {
        Retry engine = base(policy, circuit);
        return policy == null || circuit == null ? engine : engine.with(circuit.circuit(), policy.budget());
    }

    /**
     * The engines per key of a policy through a circuit, or of one of the two.
     *
     * @throws IllegalStateException if both are null
     */
    public Function<String, Retry> byKey(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit) {
        Retry engine = base(policy, circuit);
        if (circuit == null) {
            return policy == null || policy.sharesBudget() ? key -> engine : byKey(engine, policy.budgetsByKey());
        }
        if (policy != null) {
            policy.addKeys(circuit);
        }
        keyed.add(circuit);
        Function<KeyedCircuitSlot, Retry> maker =
                slot -> engine.with(slot.circuit(), policy == null ? engine.budget() : policy.budget(circuit, slot));
        return key -> circuit.circuits().get(key).engine(engine, maker);
    }

    private static Function<String, Retry> byKey(Retry engine, KeyedBudgets budgets) {
        return key -> engine.with(null, budgets.get(key));
    }

    private Retry base(@Nullable PolicyEntry policy, @Nullable CircuitEntry circuit) {
        if (policy != null) {
            return ofPolicies.computeIfAbsent(policy, used -> added(used.newEngine()));
        }
        if (circuit != null) {
            return ofCircuits.computeIfAbsent(circuit, used -> added(used.newEngine()));
        }
        throw new IllegalStateException("a policy or a circuit is required");
    }

    /** If the application is shutting down at the same time, either this method or {@link #end} ends the engine. */
    private Retry added(Retry engine) {
        engines.add(engine);
        Consumer<Retry> how = end;
        if (how != null) {
            how.accept(engine);
        }
        return engine;
    }

    /** Whether delays have ended and nothing is retried anymore. */
    boolean haveEnded() {
        return end != null;
    }

    /**
     * Runs the waiting tasks elsewhere, because the application's executor takes no more tasks and drops those that
     * wait.
     */
    public void takeOver() {
        if (parts.executor() instanceof ClosingExecutor executor) {
            executor.takeOver();
        }
    }

    /** Cancels pending delays and starts no further retries. */
    public void shutdown() {
        end(Retry::shutdown);
    }

    /** Does the same after a time, unless a shutdown comes first. */
    public void shutdownAfter(Duration wait) {
        delayedEnd = parts.time().schedule(() -> parts.executor().execute(this::shutdownUnlessEnded), wait.toNanos());
    }

    private void shutdownUnlessEnded() {
        if (end == null) {
            shutdown();
        }
    }

    /** Ends all running asynchronous calls. */
    public void shutdownNow() {
        end(Retry::shutdownNow);
    }

    private void end(Consumer<Retry> how) {
        TimeSource.Scheduled pending = delayedEnd;
        if (pending != null) {
            pending.cancel();
        }
        end = how;
        engines.forEach(how);
    }

    /**
     * Removes this context's engines from policies and circuits, which may belong to its parents.
     *
     * @param own the policies of this context, whose budgets per key the circuits forget
     * @param circuits the circuits of this context, which the policies forget
     */
    void leave(Collection<PolicyEntry> own, Collection<CircuitEntry> circuits) {
        ofPolicies.forEach((policy, engine) -> policy.forget(engine, circuits));
        Set<Object> gone = new HashSet<>(engines);
        gone.addAll(own);
        keyed.forEach(circuit -> circuit.forget(gone));
    }
}
