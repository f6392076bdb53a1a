package dev.retrykit.spring.idempotency.endpoint;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;

/** Handlers whose calls are observed. The proxy of a handler is created once per bean. Thread-safe. */
public final class ObservedHandlers {

    private final Observer observer;
    private final Map<HandlerMethod, Observed> byMapping = new ConcurrentHashMap<>();

    /** Creates proxies that call an observer. */
    public ObservedHandlers(Observer observer) {
        this.observer = observer;
    }

    /** Runs the call of a handler's method on the calling thread. */
    @FunctionalInterface
    public interface Observer {

        /**
         * Calls the method.
         *
         * @param handler the handler
         * @param call proceeds to the bean
         */
        @Nullable
        Object call(HandlerMethod handler, MethodInvocation call) throws Throwable;
    }

    /**
     * The proxy of a handler.
     *
     * @param bean the bean of the handler
     * @param proxied null if its calls cannot be intercepted
     */
    private record Observed(Object bean, @Nullable HandlerMethod proxied) {}

    /** Returns the handler to call instead of one with a resolved bean; null if its calls cannot be intercepted. */
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
