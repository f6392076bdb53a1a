package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.endpoint.ClaimedCall;
import dev.retrykit.spring.idempotency.endpoint.EndpointRequest;
import dev.retrykit.spring.idempotency.endpoint.HandlerProxy;
import dev.retrykit.spring.idempotency.endpoint.KeyedRequest;
import dev.retrykit.spring.idempotency.endpoint.MethodSecurity;
import dev.retrykit.spring.idempotency.endpoint.RefusedException;
import dev.retrykit.spring.idempotency.endpoint.webflux.EndpointAdapter.Target;
import java.lang.reflect.Method;
import java.security.Principal;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * One request with a key: claims the key and calls the handler, or refuses the request once the handler's method
 * security has granted access.
 */
record KeyedCall(Target target, BufferedExchange exchange) {

    /**
     * A method without arguments: a failure that replaces its call is handled by the controller's exception handlers.
     */
    private static final Method TO_STRING = ClassUtils.getMethod(Object.class, "toString");

    private static final String ANONYMOUS = "org.springframework.security.authentication.AnonymousAuthenticationToken";

    /**
     * Handles the request. Fails with a {@link RefusedException} if the response is not that of the handler.
     *
     * @return completes when the response has been written
     */
    Mono<Void> handle(String key) {
        Payload payload = new Payload(target.endpoint(), exchange);
        return about().flatMap(about ->
                        payload.fingerprint(about, target.handler()).map(print -> new KeyedRequest(key, about, print)))
                .flatMap(keyed ->
                        target.endpoint().isScopedByArguments() ? scoped(keyed) : decided(keyed, null, this::refused));
    }

    private Mono<EndpointRequest> about() {
        ServerHttpRequest request = exchange.getRequest();
        HttpHeaders headers = request.getHeaders();
        Function<@Nullable Principal, EndpointRequest> made = caller -> new EndpointRequest(
                request.getMethod().name(),
                String.valueOf(exchange.<Object>getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)),
                request.getURI().getRawPath(),
                request.getURI().getRawQuery(),
                headers.getFirst(HttpHeaders.CONTENT_TYPE),
                String.valueOf(request.getURI().getRawAuthority()),
                caller,
                name -> headers.getOrEmpty(name));
        return exchange.getPrincipal()
                .filter(caller -> !caller.getClass().getName().equals(ANONYMOUS))
                .map(made)
                .switchIfEmpty(Mono.fromSupplier(() -> made.apply(null)));
    }

    /**
     * Handles a request whose scope depends on the arguments. Method security is checked with the arguments, before the
     * decision.
     */
    private Mono<Void> scoped(KeyedRequest keyed) {
        return Mono.defer(() -> allowed(
                permission().withArguments(exchange, target.dispatch()),
                arguments -> decided(keyed, arguments, Mono::error)));
    }

    private Mono<Void> decided(
            KeyedRequest keyed, Object @Nullable [] arguments, Function<RefusedException, Mono<Void>> otherwise) {
        Disposable.Swap cancellation = Disposables.swap();
        return Blocking.<Mono<Void>>call(() -> {
                    try {
                        return carryOut(target.endpoint().claim(keyed, arguments), cancellation);
                    } catch (RefusedException refused) {
                        return otherwise.apply(refused);
                    }
                })
                .flatMap(next -> next)
                .doOnCancel(cancellation::dispose);
    }

    private Mono<Void> carryOut(@Nullable ClaimedCall call, Disposable.Swap cancellation) {
        if (call == null) {
            return target.dispatch().handle(exchange, target.handler(), UnaryOperator.identity());
        }
        KeyedExchange keyed = new KeyedExchange(call, exchange);
        keyed.hold(target.endpoint().rules());
        cancellation.update(keyed::cancelled); // immediately if the subscriber has left already
        return Mono.defer(() -> target.dispatch().handle(exchange, keyed.handler(target.handler()), keyed::watched))
                .then(Mono.defer(keyed::end))
                .onErrorResume(failure -> keyed.failed(failure).then(Mono.error(failure)));
    }

    private Permission permission() {
        HandlerMethod handler = target.handler();
        return new Permission(target.endpoints().security(handler, target.endpoint()), handler);
    }

    /**
     * Reveals the state of the key only to callers with access to the handler. Any other response of method security is
     * the response.
     */
    private Mono<Void> refused(RefusedException refused) {
        MethodSecurity security = target.endpoints().security(target.handler(), target.endpoint());
        if (security.isEmpty()) {
            return Mono.error(refused);
        }
        Permission permission = permission();
        Mono<Object[]> asked = security.needsArguments()
                ? permission.withArguments(exchange, target.dispatch())
                : permission.withoutArguments();
        return allowed(asked, arguments -> Mono.error(refused));
    }

    private Mono<Void> allowed(Mono<Object[]> asked, Function<Object[], Mono<Void>> next) {
        return asked.map(next)
                .defaultIfEmpty(inTheUsualWay())
                .onErrorResume(denied -> Mono.just(denied(denied)))
                .flatMap(answered -> answered);
    }

    private Mono<Void> denied(Throwable denied) {
        HandlerMethod failing = HandlerProxy.inPlaceOf(target.handler(), TO_STRING, List.of(), call -> {
            throw denied;
        });
        return target.dispatch().handle(exchange, failing, UnaryOperator.identity());
    }

    /**
     * Handles the request as without a key, but does not call the handler, because its arguments or its method security
     * prevent that.
     */
    private Mono<Void> inTheUsualWay() {
        return Mono.defer(() -> {
            HandlerMethod handler = target.handler();
            MethodSecurity security = target.endpoints().security(handler, target.endpoint());
            return target.dispatch()
                    .handle(exchange, security.around(handler, KeyedCall::changed, true), UnaryOperator.identity());
        });
    }

    private static Object changed(MethodInvocation call) {
        throw new IllegalStateException("The method security of " + call.getMethod()
                + " denied a request with an idempotency key, and allowed it at the second check");
    }
}
