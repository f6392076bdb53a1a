package dev.retrykit.spring.registry;

import dev.retrykit.Retry;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The circuit of one key, with the engines that use it and the key's budget for each policy. Nothing is identified by
 * name, because contexts may have policies of the same name.
 */
public final class KeyedCircuitSlot {

    private final Circuit circuit;

    /** By the engine that each is derived from. */
    private final Map<Retry, Retry> engines = new ConcurrentHashMap<>(2);

    private final Map<PolicyEntry, RetryBudget> budgets = new ConcurrentHashMap<>(2);

    KeyedCircuitSlot(Circuit circuit) {
        this.circuit = circuit;
    }

    /** The circuit of this key. */
    Circuit circuit() {
        return circuit;
    }

    /** The engine that is derived from another one, created by its first call. */
    Retry engine(Retry base, Function<KeyedCircuitSlot, Retry> maker) {
        Retry engine = engines.get(base);
        return engine != null ? engine : engines.computeIfAbsent(base, key -> maker.apply(this));
    }

    /** The budget of a policy for this key, the same in all contexts. */
    RetryBudget budget(PolicyEntry policy) {
        return budgets.computeIfAbsent(policy, key -> policy.budget().another());
    }

    /** The budget of a policy for this key, if there has been a call. */
    Stream<RetryBudget> usedBudget(PolicyEntry policy) {
        return Stream.ofNullable(budgets.get(policy));
    }

    /** Removes what is derived from some engines, and the budgets of some policies. */
    void forget(Collection<Object> gone) {
        engines.keySet().removeAll(gone);
        budgets.keySet().removeAll(gone);
    }
}
