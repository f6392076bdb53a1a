package dev.retrykit.spring.idempotency.endpoint.webflux;

import dev.retrykit.failure.Causes;
import dev.retrykit.spring.idempotency.ActiveClaim;
import dev.retrykit.spring.idempotency.ClaimLostException;
import dev.retrykit.spring.idempotency.endpoint.AccessDenials;
import dev.retrykit.spring.idempotency.endpoint.Endpoint;
import dev.retrykit.spring.idempotency.endpoint.HandlerProxy;
import dev.retrykit.spring.idempotency.endpoint.InvalidArguments;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.server.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
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

/** One request with a key during its execution, from its claim to its response. */
final class KeyedExchange {

    private final Endpoint endpoint;
    private final BufferedExchange exchange;
    private final AtomicReference<State> state = new AtomicReference<>(State.BEGUN);
    private final AccessDenials denials = new AccessDenials();
    private volatile @Nullable ActiveClaim claim;
    private volatile @Nullable Throwable lost;
    private volatile boolean returned;
    private volatile boolean failedLater;
    private volatile boolean seen;

    /** The states, in order; the last one is reached once. */
    private enum State {

        /** The handler was not called. */
        BEGUN,

        /** The handler was called. */
        ENTERED,

        /** The end of the claim is decided. */
        ENDED
    }

    KeyedExchange(Endpoint endpoint, BufferedExchange exchange) {
        this.endpoint = endpoint;
        this.exchange = exchange;
    }

    /** Sets the claim and starts buffering the response; if the subscriber has left, the claim is released. */
    void claimed(ActiveClaim held) {
        claim = held;
        exchange.getAttributes().put(Problem.KEYED, true);
        BufferedResponse response = exchange.getResponse();
        response.hold(
                endpoint.rules().maxBody(), endpoint.rules().headers(), answer -> settle(response.status(), answer));
        if (state.get() == State.ENDED) {
            held.release();
        }
    }

    /** Returns the handler to call, which records the call and binds the claim to it. */
    HandlerMethod handler(HandlerMethod handler) {
        if (!HandlerProxy.isPossible(handler) || HandlerProxy.hasFixedExceptionHandlers(handler)) {
            enter();
            return handler;
        }
        return HandlerProxy.around(handler, call -> called(call, handler));
    }

    private void enter() {
        if (!state.compareAndSet(State.BEGUN, State.ENTERED) && state.get() == State.ENDED) {
            throw new CancellationException("the caller has disconnected, and the idempotency key is free");
        }
    }

    private @Nullable Object called(MethodInvocation call, HandlerMethod handler) throws Throwable {
        enter();
        ActiveClaim held = claim;
        if (held == null) {
            return returned(denials.proceed(handler, call));
        }
        try (ActiveClaim.Binding binding = held.bind()) {
            return returned(denials.proceed(handler, call));
        } catch (Exception failure) {
            if (Causes.chain(failure).stream().anyMatch(ClaimLostException.class::isInstance)) {
                lost = failure;
            }
            if (InvalidArguments.areWhy(failure, handler)) {
                state.compareAndSet(State.ENTERED, State.BEGUN);
            }
            throw failure;
        }
    }

    /** A result that is complete when the method returns has had its effect. */
    private @Nullable Object returned(@Nullable Object result) {
        returned = adapter(result) == null;
        return result;
    }

    /** Ends the claim when the response is known and not sent yet. */
    private Mono<Void> settle(int status, @Nullable Answer answer) {
        return Mono.defer(() -> {
            State before = state.getAndSet(State.ENDED);
            ActiveClaim held = claim;
            Throwable taken = lost;
            if (taken != null) {
                return Mono.error(taken);
            }
            return before == State.ENDED || held == null
                    ? Mono.empty()
                    : Blocking.run(() -> end(held, before, status, answer));
        });
    }

    private void end(ActiveClaim held, State before, int status, @Nullable Answer answer) {
        if (before != State.ENTERED || denials.areWhy()) {
            held.release();
        } else if (failedLater && !Endpoint.isKept(status)) {
            held.complete(null); // the handler has succeeded, but its response could not be written
        } else {
            endpoint.settle(held, status, answer);
        }
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
        failedLater = returned;
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

    /** Handles a cancellation. If the handler was called, its outcome will not be known. */
    void cancelled() {
        State before = state.getAndSet(State.ENDED);
        ActiveClaim held = claim;
        if (before == State.ENDED || held == null) {
            return;
        }
        if (before == State.ENTERED) {
            held.abandon();
        } else {
            Blocking.run(held::release).subscribe();
        }
    }

    /** Checks the actual result, because a declared type may hide that a response is streamed. */
    HandlerResult watched(HandlerResult result) {
        failedLater = returned && seen;
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
                .doOnSuccess(done -> returned = true));
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
