package dev.retrykit.spring.idempotency.endpoint;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;

/**
 * Handlers whose calls are observed. The proxy around a bean is made once, as long as requests are for the same bean.
 * Thread-safe.
 */
public final class ObservedHandlers {

    private final Observer observer;
    private final Map<HandlerMethod, Observed> byMapping = new ConcurrentHashMap<>();

    /** Around handlers that an observer is told of. */
    public ObservedHandlers(Observer observer) {
        this.observer = observer;
    }

    /** Runs the call of a handler's method on the thread that makes it. */
    @FunctionalInterface
    public interface Observer {

        /**
         * Calls the method.
         *
         * @param handler the handler
         * @param call proceeds to its bean
         */
        @Nullable
        Object call(HandlerMethod handler, MethodInvocation call) throws Throwable;
    }

    /**
     * The one to call for a handler.
     *
     * @param bean its bean
     * @param proxied null if calls of it can't be seen
     */
    private record Observed(Object bean, @Nullable HandlerMethod proxied) {}

    /** The handler to call in place of one whose bean is there; null if calls of it can't be seen. */
    public @Nullable HandlerMethod find(HandlerMethod handler) {
        HandlerMethod mapped = Handler.mapped(handler);
        Observed known = byMapping.get(mapped);
        if (known == null || known.bean() != handler.getBean()) {
            known = observe(handler);
            byMapping.put(mapped, known);
        }
        return known.proxied();
    }

    private Observed observe(HandlerMethod handler) {
        HandlerMethod proxied = HandlerProxy.isPossible(handler)
                ? HandlerProxy.around(handler, call -> observer.call(handler, call))
                : null;
        return new Observed(handler.getBean(), proxied);
    }
}
