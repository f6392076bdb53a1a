package dev.retrykit.spring.idempotency.endpoint;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.method.HandlerMethod;

/**
 * Which endpoints have a pattern in common. Two handlers of one path, told apart by headers, parameters, media types or the
 * API version, must never be taken for one another. A handler that has its patterns for itself isn't named in fingerprints,
 * so that it can be renamed while answers of it are kept.
 */
final class Routes {

    private final Map<String, Set<String>> handlers = new ConcurrentHashMap<>();
    private final Map<HandlerMethod, String> identities = new ConcurrentHashMap<>();

    /** What tells the mapped objects that are no named beans apart. Guarded by itself. */
    private final Map<Object, String> unnamed = Collections.synchronizedMap(new IdentityHashMap<>());

    /**
     * A handler is mapped to patterns.
     *
     * @param conditions all that its mapping asks of a request, as text
     */
    void add(Collection<String> patterns, HandlerMethod handler, String conditions) {
        if (!patterns.isEmpty() && !(Handler.mapped(handler).getBean() instanceof String)) {
            addUnnamed(Handler.mapped(handler).getBean(), conditions);
        }
        patterns.forEach(pattern -> handlers.computeIfAbsent(pattern, key -> ConcurrentHashMap.newKeySet())
                .add(identity(handler)));
    }

    /** Objects of one class are told apart by their conditions, which are the same after a restart, and then by their order. */
    private void addUnnamed(Object bean, String conditions) {
        synchronized (unnamed) {
            String name = conditions;
            for (int other = 2; !unnamed.containsKey(bean) && unnamed.containsValue(name); other++) {
                name = conditions + " #" + other;
            }
            unnamed.putIfAbsent(bean, name);
        }
    }

    /** What tells a handler from others of the pattern; empty if it has no others. One that nobody mapped may have some. */
    String tell(String pattern, HandlerMethod handler) {
        String own = identity(handler);
        return Set.of(own).equals(handlers.get(pattern)) ? "" : own;
    }

    /** Of beans of one class each is another handler. */
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
