package dev.retrykit.spring.registry;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The state that a context shares with its child contexts. Thread-safe. */
final class ContextTree {

    /** The context that created each policy, circuit and budget. */
    private final Map<Object, Retries> makers = new ConcurrentHashMap<>();

    private final Map<String, String> methodNames = new ConcurrentHashMap<>();

    /** All contexts that are running or closing. */
    private final Set<Retries> contexts = ConcurrentHashMap.newKeySet();

    void join(Retries context) {
        contexts.add(context);
    }

    boolean isAnyShutDown() {
        return contexts.stream().anyMatch(each -> each.engines().haveEnded());
    }

    <T> T made(T entry, Retries maker) {
        makers.put(entry, maker);
        return entry;
    }

    Retries maker(Object entry, Retries otherwise) {
        return makers.getOrDefault(entry, otherwise);
    }

    void forget(Retries maker) {
        makers.values().removeIf(each -> each == maker);
        contexts.remove(maker);
    }

    /** The method that first used a short name. */
    String methodOf(String name, String method) {
        return methodNames.computeIfAbsent(name, key -> method);
    }
}
