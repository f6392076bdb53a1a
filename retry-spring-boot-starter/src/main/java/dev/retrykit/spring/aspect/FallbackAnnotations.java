package dev.retrykit.spring.aspect;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.aspect.adapter.FallbackMethod;
import dev.retrykit.spring.expression.MethodNames;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/** Warns of annotations on fallbacks. A fallback is called on the object itself, so no proxy intercepts the call. */
final class FallbackAnnotations {

    private static final Log LOG = LogFactory.getLog(FallbackAnnotations.class);

    private static final List<String> BY_PROXIES = List.of(
            Retryable.class.getName(),
            CircuitGuarded.class.getName(),
            Idempotent.class.getName(),
            "org.springframework.transaction.annotation.Transactional",
            "jakarta.transaction.Transactional",
            "org.springframework.scheduling.annotation.Async",
            "org.springframework.cache.annotation.Cacheable",
            "org.springframework.cache.annotation.CachePut",
            "org.springframework.cache.annotation.CacheEvict",
            "org.springframework.security.access.prepost.PreAuthorize",
            "org.springframework.resilience.annotation.Retryable",
            "org.springframework.retry.annotation.Retryable");

    private FallbackAnnotations() {}

    static void warn(List<FallbackMethod> fallbacks, Class<?> type, String readable) {
        for (FallbackMethod fallback : fallbacks) {
            List<String> found = annotations(fallback.method());
            if (!found.isEmpty()) {
                LOG.warn(MethodNames.readable(fallback.method(), type) + ", the fallback of " + readable + ", has "
                        + String.join(" and ", found)
                        + ", which has no effect there: a fallback is called on the object"
                        + " itself, and no proxy intercepts that call. Let the fallback call an annotated method of"
                        + " another bean.");
            }
        }
    }

    private static List<String> annotations(Method fallback) {
        MergedAnnotations all = MergedAnnotations.from(fallback, SearchStrategy.TYPE_HIERARCHY);
        List<String> found = new ArrayList<>();
        for (String annotation : BY_PROXIES) {
            if (all.isPresent(annotation)) {
                found.add("@" + annotation.substring(annotation.lastIndexOf('.') + 1));
            }
        }
        return found;
    }
}
