package dev.retrykit.spring.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a context and its children know together. Thread-safe. */
final class ContextTree {

    /** Who made which policy, circuit or budget. */
    private final Map<Object, Retries> makers = new ConcurrentHashMap<>();

    private final Map<String, String> methodNames = new ConcurrentHashMap<>();

    <T> T made(T entry, Retries maker) {
        makers.put(entry, maker);
        return entry;
    }

    Retries maker(Object entry, Retries otherwise) {
        return makers.getOrDefault(entry, otherwise);
    }

    void forget(Retries maker) {
        makers.values().removeIf(each -> each == maker);
    }

    /** The method that has a name first. */
    String methodOf(String name, String method) {
        return methodNames.computeIfAbsent(name, key -> method);
    }
}
