package dev.retrykit.spring.idempotency.http;

import java.util.Collection;
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

    /** A handler is mapped to patterns. */
    void add(Collection<String> patterns, HandlerMethod handler) {
        patterns.forEach(pattern -> handlers.computeIfAbsent(pattern, key -> ConcurrentHashMap.newKeySet())
                .add(identity(handler)));
    }

    /** What tells a handler from others of the pattern; empty if it has no others. One that nobody mapped may have some. */
    String tell(String pattern, HandlerMethod handler) {
        String own = identity(handler);
        return Set.of(own).equals(handlers.get(pattern)) ? "" : own;
    }

    /** Of beans of one class each is another handler. */
    private static String identity(HandlerMethod handler) {
        Handler known = Handler.of(handler);
        return known.type().getName() + ' ' + known.method().toGenericString() + ' ' + bean(handler);
    }

    private static String bean(HandlerMethod handler) {
        HandlerMethod from = handler.getResolvedFromHandlerMethod();
        return from != null ? bean(from) : handler.getBean() instanceof String name ? name : "";
    }
}
