package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.spring.reactive.RetriedFlux;
import dev.retrykit.spring.reactive.RetriedMono;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Calls methods that return a publisher of Reactor, or of a type that Spring can adapt to Reactor: once per
 * subscription and attempt.
 */
final class ReactiveCallAdapter implements CallAdapter {

    private final boolean many;
    private final boolean repeats;
    private final Function<@Nullable Object, Publisher<Object>> publisherOf;
    private final Function<Publisher<?>, Object> resultOf;

    /**
     * Creates the adapter of one kind of return type.
     *
     * @param many whether the publisher can emit more than one element
     * @param repeats whether an attempt that has emitted elements is retried too
     * @param publisherOf converts the result of the method or its fallback to a publisher
     * @param resultOf converts the publisher for the caller
     */
    ReactiveCallAdapter(
            boolean many,
            boolean repeats,
            Function<@Nullable Object, Publisher<Object>> publisherOf,
            Function<Publisher<?>, Object> resultOf) {
        this.many = many;
        this.repeats = repeats;
        this.publisherOf = publisherOf;
        this.resultOf = resultOf;
    }

    /** Creates the adapter of a type that Spring can adapt to Reactor. */
    static ReactiveCallAdapter of(ReactiveAdapter adapter, boolean repeats) {
        return new ReactiveCallAdapter(adapter.isMultiValue(), repeats, adapter::toPublisher, adapter::fromPublisher);
    }

    @Override
    public Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        return resultOf.apply(many ? flux(retry, fallback, invocation) : mono(retry, fallback, invocation));
    }

    private Mono<Object> mono(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        Mono<Object> call = RetriedMono.of(retry, attempt(invocation));
        return fallback == null
                ? call
                : call.onErrorResume(failure -> Mono.from(answer(fallback, invocation, failure)));
    }

    /**
     * After elements have been emitted, no fallback is called: its elements would follow a part of the first result.
     */
    private Flux<Object> flux(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        Flux<Object> call = RetriedFlux.of(retry, repeats, attempt(invocation));
        if (fallback == null) {
            return call;
        }
        return Flux.defer(() -> {
            AtomicBoolean emitted = new AtomicBoolean();
            return call.doOnNext(element -> emitted.setPlain(true))
                    .onErrorResume(failure -> !emitted.get(), failure -> answer(fallback, invocation, failure));
        });
    }

    private ThrowingCallable<Publisher<Object>, Throwable> attempt(Invocation invocation) {
        return () -> {
            Object returned = invocation.call();
            if (returned == null) {
                throw new NullPointerException("a reactive method must return a publisher, but returned null");
            }
            return publisherOf.apply(returned);
        };
    }

    /** A Mono succeeds with its value, and a Flux with its completion. */
    private Publisher<Object> answer(Fallback fallback, Invocation invocation, Throwable failure) {
        Object returned;
        try {
            returned = invocation.fallBack(fallback, failure);
        } catch (Throwable own) {
            return Mono.error(own);
        }
        return many
                ? Flux.defer(() -> publisherOf.apply(returned))
                        .doOnComplete(fallback::succeeded)
                        .onErrorMap(own -> fallback.failed(own, failure))
                : Mono.defer(() -> Mono.from(publisherOf.apply(returned)))
                        .doOnSuccess(value -> fallback.succeeded())
                        .onErrorMap(own -> fallback.failed(own, failure));
    }
}
