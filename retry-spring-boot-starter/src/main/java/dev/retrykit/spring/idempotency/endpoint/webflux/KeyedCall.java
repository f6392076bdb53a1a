package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.ActiveClaim;
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
import reactor.core.publisher.Mono;

/**
 * One request with a key: claims it and lets its handler be called, or refuses it, once the handler's method security allows
 * that.
 */
record KeyedCall(Target target, BufferedExchange exchange) {

    /** Takes no arguments: a failure in its place is answered by the controller's exception handlers. */
    private static final Method TO_STRING = ClassUtils.getMethod(Object.class, "toString");

    private static final String ANONYMOUS = "org.springframework.security.authentication.AnonymousAuthenticationToken";

    /**
     * Handles it. Fails with a {@link RefusedException} if something else than the handler's answer is to be given.
     *
     * @return completes when it is answered
     */
    Mono<Void> handle(String key) {
        Payload payload = new Payload(target.endpoint(), exchange);
        return about().flatMap(about -> payload.fingerprint(about, target.handler())
                        .map(print -> new KeyedRequest(target.endpoint(), key, about, print)))
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

    /** Whose key it is depends on the arguments, so security is asked with them, and before anything is decided. */
    private Mono<Void> scoped(KeyedRequest keyed) {
        return Mono.defer(() -> allowed(
                permission().withArguments(exchange, target.dispatch()),
                arguments -> decided(keyed, arguments, Mono::error)));
    }

    private Mono<Void> decided(
            KeyedRequest keyed, Object @Nullable [] arguments, Function<RefusedException, Mono<Void>> otherwise) {
        KeyedExchange carriedOut = new KeyedExchange(target.endpoint(), exchange);
        return Blocking.<Mono<Void>>call(() -> {
                    try {
                        return carryOut(carriedOut, keyed.claim(arguments));
                    } catch (RefusedException refused) {
                        return otherwise.apply(refused);
                    }
                })
                .flatMap(next -> next)
                .doOnCancel(carriedOut::cancelled);
    }

    private Mono<Void> carryOut(KeyedExchange keyed, @Nullable ActiveClaim claim) {
        if (claim == null) {
            return target.dispatch().handle(exchange, target.handler(), UnaryOperator.identity());
        }
        keyed.claimed(claim);
        return Mono.defer(() -> target.dispatch().handle(exchange, keyed.handler(target.handler()), keyed::watched))
                .then(Mono.defer(keyed::end))
                .onErrorResume(failure -> keyed.failed(failure).then(Mono.error(failure)));
    }

    private Permission permission() {
        HandlerMethod handler = target.handler();
        return new Permission(target.endpoints().security(handler, target.endpoint()), handler);
    }

    /** Only who may call the handler learns what became of the key. Whatever else security answers is the answer. */
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

    /** As without a key, but that the handler isn't called: it can't be, since its arguments or its security refuse that. */
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
                + " refused a request with an idempotency key, and allowed it when it was asked again");
    }
}
