package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.endpoint.HandlerProxy;
import dev.retrykit.spring.idempotency.endpoint.MethodSecurity;
import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.core.CoroutinesUtils;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Checks whether the method security of a handler grants access, without calling the handler. Permission is recorded
 * and not signaled by a failure, because an adapter passes each failure to the application's exception handlers first.
 *
 * <p>All checks fail with the exception of method security, and complete with the arguments for the handler, or empty
 * if something else prevents the call.
 */
final class Permission {

    private final MethodSecurity security;
    private final HandlerMethod handler;
    private final HandlerMethod asked;
    private volatile @Nullable Object @Nullable [] allowed;

    Permission(MethodSecurity security, HandlerMethod handler) {
        this.security = security;
        this.handler = handler;
        this.asked = security.around(handler, this::allow, false);
    }

    private @Nullable Object allow(MethodInvocation call) {
        Method method = call.getMethod();
        ReactiveAdapter adapter = adapter(method);
        if (adapter == null) {
            allowed = call.getArguments();
            return HandlerProxy.nothing(method.getReturnType());
        }
        return adapter.fromPublisher(Mono.fromRunnable(() -> allowed = call.getArguments()));
    }

    /** Checks without arguments, which are not resolved. */
    Mono<Object[]> withoutArguments() {
        return with(-1, null);
    }

    /**
     * Checks with the arguments of a request. If one argument is invalid, but is the only one that method security
     * reads, checks with that one.
     */
    Mono<Object[]> withArguments(ServerWebExchange exchange, Dispatch dispatch) {
        return dispatch.call(new ProbedExchange(exchange), asked)
                .map(result -> outcome(result.getReturnValue()).then(answer()))
                .switchIfEmpty(Mono.fromSupplier(this::answer))
                .onErrorResume(failure -> Mono.just(invalid(ProbedExchange.cause(failure))))
                .flatMap(answer -> answer);
    }

    private Mono<Object[]> invalid(Throwable failure) {
        MethodParameter argument =
                failure instanceof WebExchangeBindException invalid ? invalid.getMethodParameter() : null;
        return argument != null && security.needsOnly(argument)
                ? with(argument.getParameterIndex(), ((WebExchangeBindException) failure).getTarget())
                : Mono.empty();
    }

    private Mono<Object[]> with(int index, @Nullable Object argument) {
        return Mono.defer(() -> outcome(ask(index, argument))).then(answer());
    }

    @SuppressWarnings("NullAway") // arguments may be null, which a reactive type of an array cannot express
    private Mono<Object[]> answer() {
        return Mono.fromSupplier(() -> allowed);
    }

    /** Returns the adapter for a method's result; null if the result is complete when the method returns. */
    private static @Nullable ReactiveAdapter adapter(Method method) {
        Class<?> type = KotlinDetector.isSuspendingFunction(method) ? Mono.class : method.getReturnType();
        return ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
    }

    private @Nullable Object ask(int index, @Nullable Object argument) {
        Method method = handler.getMethod();
        Class<?>[] types = method.getParameterTypes();
        @Nullable Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = i == index ? argument : HandlerProxy.nothing(types[i]);
        }
        return called(asked.getBean(), method, arguments);
    }

    private static @Nullable Object called(Object bean, Method method, @Nullable Object[] arguments) {
        try {
            return KotlinDetector.isSuspendingFunction(method)
                    ? CoroutinesUtils.invokeSuspendingFunction(method, bean, arguments)
                    : HandlerProxy.called(bean, method, arguments);
        } catch (Exception refused) {
            return Mono.error(refused);
        }
    }

    private static Mono<Void> outcome(@Nullable Object value) {
        ReactiveAdapter adapter = value == null
                ? null
                : ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, value);
        return adapter == null || value == null
                ? Mono.empty()
                : Mono.from(adapter.toPublisher(value)).then();
    }
}
