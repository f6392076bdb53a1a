package dev.retrykit.spring.idempotency.endpoint;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.method.HandlerMethod;

/**
 * Tracks endpoints that have a pattern in common. Handlers of one path that differ by headers, parameters, media types
 * or the API version must never be confused. A handler that has its patterns to itself is not part of fingerprints, so
 * that it can be renamed while its responses are stored.
 */
final class Routes {

    private final Map<String, Set<String>> handlers = new ConcurrentHashMap<>();
    private final Map<HandlerMethod, String> identities = new ConcurrentHashMap<>();

    /** Names of the handler objects that are not named beans. Guarded by itself. */
    private final Map<Object, String> unnamed = Collections.synchronizedMap(new IdentityHashMap<>());

    /**
     * Adds the patterns of a handler.
     *
     * @param conditions all conditions of its mapping, as text
     */
    void add(Collection<String> patterns, HandlerMethod handler, String conditions) {
        if (!patterns.isEmpty() && !(Handler.mapped(handler).getBean() instanceof String)) {
            addUnnamed(Handler.mapped(handler).getBean(), conditions);
        }
        patterns.forEach(pattern -> handlers.computeIfAbsent(pattern, key -> ConcurrentHashMap.newKeySet())
                .add(identity(handler)));
    }

    /** Names objects of one class by their conditions, which are the same after a restart, and then by their order. */
    private void addUnnamed(Object bean, String conditions) {
        synchronized (unnamed) {
            String name = conditions;
            for (int other = 2; !unnamed.containsKey(bean) && unnamed.containsValue(name); other++) {
                name = conditions + " #" + other;
            }
            unnamed.putIfAbsent(bean, name);
        }
    }

    /**
     * Returns what distinguishes a handler from others of the pattern; empty if there are no others. An unmapped
     * handler may have others.
     */
    String tell(String pattern, HandlerMethod handler) {
        String own = identity(handler);
        return Set.of(own).equals(handlers.get(pattern)) ? "" : own;
    }

    /** Beans of one class are different handlers. */
    private String identity(HandlerMethod handler) {
        return identities.computeIfAbsent(Handler.mapped(handler), this::describe);
    }

    private String describe(HandlerMethod handler) {
        Handler known = Handler.of(handler);
        return known.type().getName() + ' ' + known.method().toGenericString() + ' ' + bean(handler);
    }

    private String bean(HandlerMethod handler) {
        Object bean = Handler.mapped(handler).getBean();
        return bean instanceof String name ? name : unnamed.getOrDefault(bean, "");
    }
}
