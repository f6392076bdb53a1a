package dev.retrykit.spring.idempotency.reactive;

import dev.retrykit.spring.idempotency.http.Gates;
import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Mono;

/**
 * Around a controller's method, within method security: only who may call it learns that it was called before. The method is
 * called when somebody subscribes, since only then it is known which request it is.
 */
public final class ReactiveGate implements Gates.Gate {

    /** Without state. */
    public ReactiveGate() {}

    @Override
    @SuppressWarnings("NullAway") // a method may return null, which the checker can't see through a type parameter
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Method method = invocation.getMethod();
        Object target = invocation.getThis();
        boolean suspends = KotlinDetector.isSuspendingFunction(method);
        ReactiveAdapter adapter =
                ReactiveAdapterRegistry.getSharedInstance().getAdapter(suspends ? Mono.class : method.getReturnType());
        if (target == null || adapter == null || !(invocation instanceof ProxyMethodInvocation proxied)) {
            return invocation.proceed();
        }
        MethodInvocation untouched = proxied.invocableClone();
        return adapter.fromPublisher(Mono.deferContextual(context -> {
            ReactiveExchange exchange = context.getOrDefault(ReactiveExchange.class, null);
            Mono<Object> call = Mono.defer(() -> called(((ProxyMethodInvocation) untouched).invocableClone(), adapter));
            return exchange == null || !exchange.isWaiting()
                    ? call
                    : exchange.enter(invocation.getArguments()).then(call);
        }));
    }

    private static Mono<Object> called(MethodInvocation invocation, ReactiveAdapter adapter) {
        try {
            Object result = invocation.proceed();
            Publisher<Object> published = result instanceof Publisher<?> publisher
                    ? Mono.from(publisher).cast(Object.class)
                    : adapter.toPublisher(result);
            return Mono.from(published);
        } catch (Throwable failure) {
            return Mono.error(failure);
        }
    }
}
