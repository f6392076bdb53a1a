package dev.retrykit.spring.idempotency.endpoint;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.util.ClassUtils;

/** When the result of an endpoint's method is complete. */
public enum CompletionMode {

    /** When the method returns. */
    PLAIN,

    /** When the returned publisher is subscribed to; nothing has happened before. */
    DEFERRED,

    /** Some time after the method returns. */
    ASYNCHRONOUS,

    /** In parts, so that there is no single response to store. */
    STREAMING;

    private static final int RETURNED = -1;

    private static final Set<String> STREAMS = Set.of(
            "org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter",
            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody");

    private static final Set<String> LATER = Set.of(
            "java.util.concurrent.Future",
            "java.util.concurrent.CompletionStage",
            "org.springframework.web.context.request.async.DeferredResult",
            "org.springframework.web.context.request.async.WebAsyncTask");

    /** Returns why a web stack cannot store the response of such a method. */
    String complaint() {
        return "a streamed response never exists as a whole, so it cannot be stored.";
    }

    /** Returns the mode of a method. */
    public static CompletionMode of(Method method) {
        ResolvableType returned = ResolvableType.forMethodParameter(new MethodParameter(method, RETURNED));
        if (isStreaming(returned)) {
            return STREAMING;
        }
        return KotlinDetector.isSuspendingFunction(method) ? DEFERRED : kind(returned.toClass());
    }

    private static boolean isStreaming(ResolvableType type) {
        Class<?> raw = type.toClass();
        ReactiveAdapter adapter = adapter(raw);
        if (isAny(raw, STREAMS) || adapter != null && adapter.isMultiValue()) {
            return true;
        }
        boolean holds = adapter != null || isAny(raw, LATER) || raw == Callable.class || isEntity(raw);
        return holds && type.hasGenerics() && isStreaming(type.getGeneric(0));
    }

    private static boolean isEntity(Class<?> type) {
        return HttpEntity.class.isAssignableFrom(type);
    }

    private static CompletionMode kind(Class<?> type) {
        ReactiveAdapter adapter = adapter(type);
        if (adapter != null) {
            return adapter.getDescriptor().isDeferred() ? DEFERRED : ASYNCHRONOUS;
        }
        return isAny(type, LATER) || type == Callable.class ? ASYNCHRONOUS : PLAIN;
    }

    private static @Nullable ReactiveAdapter adapter(Class<?> type) {
        ReactiveAdapterRegistry known = ReactiveAdapterRegistry.getSharedInstance();
        return known.hasAdapters() ? known.getAdapter(type) : null;
    }

    private static boolean isAny(Class<?> type, Set<String> names) {
        for (Class<?> parent = type; parent != null; parent = parent.getSuperclass()) {
            if (names.contains(parent.getName())) {
                return true;
            }
        }
        return ClassUtils.getAllInterfacesForClassAsSet(type).stream()
                .map(Class::getName)
                .anyMatch(names::contains);
    }
}
