package dev.retrykit.spring.idempotency.endpoint.webflux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.DispatchExceptionHandler;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * An application's handler adapters and result handlers, found and used in the same way as by {@code
 * DispatcherHandler}.
 *
 * @param adapters in order
 * @param resultHandlers in order
 */
record Dispatch(List<HandlerAdapter> adapters, List<HandlerResultHandler> resultHandlers) {

    static Dispatch of(ListableBeanFactory beans) {
        return new Dispatch(sorted(beans, HandlerAdapter.class), sorted(beans, HandlerResultHandler.class));
    }

    private static <T> List<T> sorted(ListableBeanFactory beans, Class<T> type) {
        List<T> all = new ArrayList<>(BeanFactoryUtils.beansOfTypeIncludingAncestors(beans, type, true, false)
                .values());
        AnnotationAwareOrderComparator.sort(all);
        return all;
    }

    /** Returns a copy without one of the adapters. */
    Dispatch without(HandlerAdapter own) {
        return new Dispatch(adapters.stream().filter(adapter -> adapter != own).toList(), resultHandlers);
    }

    Optional<HandlerAdapter> adapterOf(HandlerMethod handler) {
        return adapters.stream().filter(adapter -> adapter.supports(handler)).findFirst();
    }

    Optional<HandlerResultHandler> handlerOf(HandlerResult result) {
        return resultHandlers.stream()
                .filter(candidate -> candidate.supports(result))
                .findFirst();
    }

    /** Calls a handler without writing its result. */
    Mono<HandlerResult> call(ServerWebExchange exchange, HandlerMethod handler) {
        return Mono.defer(() -> adapterOf(handler)
                .orElseThrow(() ->
                        new IllegalStateException("no HandlerAdapter other than that of retrykit supports " + handler))
                .handle(exchange, handler));
    }

    /**
     * Calls a handler, and writes the result of the handler or of the exception handler for its failure.
     *
     * @param seen receives all results before they are written
     */
    Mono<Void> handle(ServerWebExchange exchange, HandlerMethod handler, UnaryOperator<HandlerResult> seen) {
        Mono<HandlerResult> result = call(exchange, handler);
        Predicate<HandlerAdapter> handlesFailures = DispatchExceptionHandler.class::isInstance;
        for (HandlerAdapter adapter : adapters.stream().filter(handlesFailures).toList()) {
            result = result.onErrorResume(
                    failure -> ((DispatchExceptionHandler) adapter).handleError(exchange, failure));
        }
        return result.flatMap(returned -> write(exchange, returned, seen));
    }

    private Mono<Void> write(ServerWebExchange exchange, HandlerResult result, UnaryOperator<HandlerResult> seen) {
        Mono<Void> written = writeOnce(exchange, seen.apply(result));
        DispatchExceptionHandler failures = result.getExceptionHandler();
        return failures == null
                ? written
                : written.onErrorResume(failure -> failures.handleError(exchange, failure)
                        .flatMap(other -> writeOnce(exchange, seen.apply(other))));
    }

    private Mono<Void> writeOnce(ServerWebExchange exchange, HandlerResult result) {
        return Mono.defer(() -> handlerOf(result)
                .orElseThrow(() -> new IllegalStateException(
                        "no HandlerResultHandler supports the result of " + result.getHandler()))
                .handleResult(exchange, result));
    }
}
