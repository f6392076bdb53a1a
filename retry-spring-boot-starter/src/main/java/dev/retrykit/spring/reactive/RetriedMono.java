package dev.retrykit.spring.reactive;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.failure.ThrowingCallable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.ContextView;

/** A publisher of one value at the most, with retries. */
public final class RetriedMono {

    private RetriedMono() {}

    /**
     * Makes a call for each subscription: its time budget begins then, cancelling the subscription ends its retries.
     * The value is judged as a returned one; an empty publisher returns null.
     *
     * @param body makes the publisher of one attempt; what it throws counts as a failure of the attempt
     */
    public static <T> Mono<T> of(Retry retry, ThrowingCallable<? extends Publisher<T>, ?> body) {
        return Mono.create(sink -> subscribe(retry, body, sink));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the sink is told
    private static <T> void subscribe(Retry retry, ThrowingCallable<? extends Publisher<T>, ?> body, MonoSink<T> sink) {
        ContextView subscriber = sink.contextView();
        CompletableFuture<@Nullable T> call =
                Surroundings.within(subscriber, () -> retry.callAsync(() -> attempt(body.call(), subscriber)));
        AtomicBoolean cancelled = new AtomicBoolean();
        sink.onCancel(() -> {
            cancelled.set(true);
            call.cancel(true);
        });
        call.whenComplete((value, failure) -> {
            if (failure == null) {
                sink.success(value);
            } else if (!cancelled.get()) {
                sink.error(failure);
            }
        });
    }

    private static <T> CompletableFuture<@Nullable T> attempt(Publisher<T> publisher, ContextView subscriber) {
        RetryContext attempt = RetryContext.current().orElseThrow();
        return Mono.from(publisher)
                .contextWrite(context -> Surroundings.of(context, subscriber, attempt))
                .toFuture();
    }
}
