package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.IdempotencyRules;
import dev.retrykit.spring.idempotency.endpoint.ClaimedCall;
import dev.retrykit.spring.idempotency.endpoint.HandlerProxy;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.server.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpEntity;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** One claimed request during its execution, from its claim to its response. */
final class KeyedExchange {

    private final ClaimedCall call;
    private final BufferedExchange exchange;
    private volatile @Nullable Throwable lost;
    private volatile boolean seen;

    KeyedExchange(ClaimedCall call, BufferedExchange exchange) {
        this.call = call;
        this.exchange = exchange;
    }

    /** Starts buffering the response. */
    void hold(IdempotencyRules rules) {
        exchange.getAttributes().put(Problem.KEYED, true);
        BufferedResponse response = exchange.getResponse();
        response.hold(rules.maxBody(), rules.headers(), answer -> settle(response.status(), answer));
    }

    /** Returns the handler to call, which records the call and binds the claim to it. */
    HandlerMethod handler(HandlerMethod handler) {
        if (!HandlerProxy.isPossible(handler) || HandlerProxy.hasFixedExceptionHandlers(handler)) {
            call.enter();
            return handler;
        }
        return HandlerProxy.around(handler, invocation -> called(invocation, handler));
    }

    private @Nullable Object called(MethodInvocation invocation, HandlerMethod handler) throws Throwable {
        try (ActiveClaim.Binding binding = call.bind()) {
            Object result = call.run(handler, invocation);
            if (adapter(result) != null) {
                call.incomplete();
            }
            return result;
        } catch (Exception failure) {
            if (ClaimedCall.isLost(failure)) {
                lost = failure;
            }
            throw failure;
        }
    }

    /** Ends the claim when the response is known and not sent yet. */
    private Mono<Void> settle(int status, @Nullable Answer answer) {
        return Mono.defer(() -> {
            Optional<Runnable> end = call.end(status, answer);
            Throwable taken = lost;
            return taken == null ? Mono.justOrEmpty(end).flatMap(Blocking::run) : Mono.error(taken);
        });
    }

    /** Handles the end of the response, which may be empty. */
    Mono<Void> end() {
        return exchange.getResponse().settleEmpty();
    }

    /**
     * Handles a failure that no handler of the application resolved. The status is the one that Spring Boot assigns to
     * it.
     */
    Mono<Void> failed(Throwable failure) {
        call.failedLater();
        if (exchange.getResponse().isCommitted()) {
            return Mono.fromRunnable(this::cancelled);
        }
        ResponseStatus status = AnnotatedElementUtils.findMergedAnnotation(failure.getClass(), ResponseStatus.class);
        int code = status == null ? 500 : status.code().value();
        String reason = status == null ? "" : status.reason();
        if (failure instanceof ResponseStatusException known) {
            code = known.getStatusCode().value();
            reason = known.getReason() == null ? "" : known.getReason();
        }
        List<Answer.Header> headers = exchange.getResponse().kept();
        return settle(code, new Answer(code, true, headers, reason.getBytes(StandardCharsets.UTF_8)));
    }

    /** Handles a cancellation. */
    void cancelled() {
        call.cancel(Schedulers.boundedElastic()::schedule);
    }

    /**
     * Checks the actual result, because a declared type may hide that a response is streamed. A second result is that
     * of an exception handler, because the first one could not be written.
     */
    HandlerResult watched(HandlerResult result) {
        if (seen) {
            call.failedLater();
        }
        seen = true;
        Object value = result.getReturnValue();
        ReactiveAdapter adapter = adapter(value);
        if (adapter == null || value == null || adapter.isMultiValue()) {
            look(value);
            return result;
        }
        if (adapter.isNoValue()) {
            return result;
        }
        Object watched = adapter.fromPublisher(Mono.from(adapter.<Object>toPublisher(value))
                .doOnNext(this::look)
                .doOnSuccess(done -> call.completed()));
        HandlerResult same = new HandlerResult(
                result.getHandler(), watched, result.getReturnTypeSource(), result.getBindingContext());
        return result.getExceptionHandler() == null ? same : same.setExceptionHandler(result.getExceptionHandler());
    }

    private void look(@Nullable Object value) {
        ReactiveAdapter adapter = adapter(value instanceof HttpEntity<?> entity ? entity.getBody() : value);
        if (adapter != null && adapter.isMultiValue()) {
            exchange.getResponse().stream();
        }
    }

    private static @Nullable ReactiveAdapter adapter(@Nullable Object value) {
        return value == null
                ? null
                : ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, value);
    }
}
