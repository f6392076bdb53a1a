package dev.retrykit.spring.reactive;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.failure.ThrowingCallable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
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
        return Mono.create(sink -> new MonoCall<>(sink).begin(retry, body));
    }

    /** One subscription. */
    private static final class MonoCall<T> implements Disposable {

        private final MonoSink<T> sink;
        private final ContextView subscriber;
        private final Surroundings around;
        private volatile boolean cancelled;
        private volatile @Nullable CompletableFuture<?> call;

        MonoCall(MonoSink<T> sink) {
            this.sink = sink;
            this.subscriber = sink.contextView();
            this.around = Surroundings.of(subscriber);
        }

        /** If the subscriber has cancelled already, the sink says so at once, and nothing is called. */
        @SuppressWarnings("FutureReturnValueIgnored") // the sink is told
        void begin(Retry retry, ThrowingCallable<? extends Publisher<T>, ?> body) {
            sink.onCancel(this);
            if (cancelled) {
                return;
            }
            CompletableFuture<@Nullable T> begun = around.begin(() -> retry.callAsync(() -> attempt(body.call())));
            call = begun;
            if (cancelled) {
                begun.cancel(true);
            }
            begun.whenComplete(this::end);
        }

        private void end(@Nullable T value, @Nullable Throwable failure) {
            try (RetryContext.Scope outside = around.enter()) {
                if (failure == null) {
                    sink.success(value);
                } else if (!cancelled) {
                    sink.error(failure);
                }
            }
        }

        private CompletableFuture<@Nullable T> attempt(Publisher<T> publisher) {
            RetryContext attempt = RetryContext.current().orElseThrow();
            return Mono.from(publisher)
                    .contextWrite(context -> Surroundings.inside(context, subscriber, attempt))
                    .toFuture();
        }

        @Override
        public void dispose() {
            cancelled = true;
            CompletableFuture<?> begun = call;
            if (begun != null) {
                begun.cancel(true);
            }
        }
    }
}
