package dev.retrykit.spring.idempotency.endpoint;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;

/** Handlers whose calls are observed. The proxy of a handler is created once per bean. Thread-safe. */
public final class ObservedHandlers {

    private final ThreadLocal<@Nullable ClaimedCall> expected = new ThreadLocal<>();
    private final Map<HandlerMethod, Observed> byMapping = new ConcurrentHashMap<>();

    /** Creates an empty collection. */
    public ObservedHandlers() {}

    /**
     * Handles a request on the calling thread.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Caller<T> {

        /** Resolves the arguments for a handler, and calls it. */
        @Nullable
        T call(HandlerMethod handler) throws Exception;
    }

    /**
     * The proxy of a handler.
     *
     * @param bean the bean of the handler
     * @param proxied null if its calls cannot be intercepted
     */
    private record Observed(Object bean, @Nullable HandlerMethod proxied) {}

    /**
     * Lets a caller call a handler with a resolved bean, and reports the progress to a claimed call. If the calls of
     * the handler cannot be intercepted, it counts as entered from the beginning.
     */
    public <T> @Nullable T call(HandlerMethod handler, ClaimedCall call, Caller<T> caller) throws Exception {
        HandlerMethod proxied = find(handler);
        if (proxied == null) {
            call.enter();
            return caller.call(handler);
        }
        ClaimedCall enclosing = expected.get();
        expected.set(call);
        try {
            T result = caller.call(proxied);
            call.entered();
            return result;
        } finally {
            if (enclosing == null) {
                expected.remove();
            } else {
                expected.set(enclosing);
            }
        }
    }

    private @Nullable HandlerMethod find(HandlerMethod handler) {
        HandlerMethod mapped = Handler.mapped(handler);
        Observed known = byMapping.get(mapped);
        if (known == null || known.bean() != handler.getBean()) {
            known = observe(handler);
            byMapping.put(mapped, known);
        }
        return known.proxied();
    }

    private Observed observe(HandlerMethod handler) {
        HandlerMethod proxied =
                HandlerProxy.isPossible(handler) ? HandlerProxy.around(handler, call -> run(handler, call)) : null;
        return new Observed(handler.getBean(), proxied);
    }

    private @Nullable Object run(HandlerMethod handler, MethodInvocation call) throws Throwable {
        ClaimedCall observer = expected.get();
        return observer == null ? call.proceed() : observer.run(handler, call);
    }
}
