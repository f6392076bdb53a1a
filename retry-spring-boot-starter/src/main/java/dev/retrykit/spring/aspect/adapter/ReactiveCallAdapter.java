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
 * Methods that return a publisher, of Reactor or of what Spring can adapt to it. They are called once per subscription
 * and attempt.
 */
final class ReactiveCallAdapter implements CallAdapter {

    private final boolean many;
    private final boolean repeats;
    private final Function<@Nullable Object, Publisher<Object>> publisherOf;
    private final Function<Publisher<?>, Object> resultOf;

    /**
     * For one kind of return type.
     *
     * @param many whether there may be more than one element
     * @param repeats whether an attempt that has emitted some of its elements is retried too
     * @param publisherOf makes a publisher of what the method or its fallback returns
     * @param resultOf makes what the caller gets
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

    /** For a type that Spring can adapt to Reactor's. */
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

    /** Where elements have gone out the fallback's would be a second answer behind a part of the first. */
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

    /** A Mono's is over with its value, and a Flux's with its end. */
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
