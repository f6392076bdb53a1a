package dev.retrykit.spring.reactive;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.event.Scope;
import dev.retrykit.function.ThrowingCallable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** A publisher of at most one value with retries. */
public final class RetriedMono {

    private RetriedMono() {}

    /**
     * Makes a call for each subscription. Its time budget starts then; cancelling the subscription ends its retries.
     * The value is classified like a returned one; an empty publisher returns null. A value that arrives after the
     * subscriber has left is discarded in Reactor's way.
     *
     * @param body creates the publisher of one attempt; an exception counts as a failure of the attempt
     */
    public static <T> Mono<T> of(Retry retry, ThrowingCallable<? extends Publisher<T>, ?> body) {
        return Mono.defer(() -> {
            AtomicBoolean received = new AtomicBoolean();
            return Mono.<T>create(sink -> new MonoCall<>(sink, received).begin(retry, body))
                    .doOnNext(value -> received.set(true));
        });
    }

    /** One subscription. */
    private static final class MonoCall<T> implements Disposable {

        private final MonoSink<T> sink;
        private final AtomicBoolean received;
        private final ContextView subscriber;
        private final SubscriberContext around;
        private volatile @Nullable MonoAttempt<T> last;
        private volatile boolean cancelled;
        private volatile @Nullable CompletableFuture<?> call;

        MonoCall(MonoSink<T> sink, AtomicBoolean received) {
            this.sink = sink;
            this.received = received;
            this.subscriber = sink.contextView();
            this.around = SubscriberContext.of(subscriber);
        }

        /** If the subscriber has cancelled already, the sink reports that immediately and no attempt is made. */
        @SuppressWarnings("FutureReturnValueIgnored") // the sink is notified
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
            try (Scope outside = around.enter()) {
                if (failure == null) {
                    succeed(value);
                } else {
                    fail(failure);
                }
            }
        }

        /** If the call was cancelled while its last attempt succeeded, there is a value without a receiver. */
        private void fail(Throwable failure) {
            MonoAttempt<T> attempt = last;
            if (attempt != null) {
                attempt.abandon();
            }
            if (!cancelled) {
                sink.error(failure);
            }
        }

        /** A cancelled sink does not discard a value. */
        private void succeed(@Nullable T value) {
            sink.success(value);
            if (cancelled && value != null && !received.get()) {
                Operators.onDiscard(value, Context.of(subscriber));
            }
        }

        private CompletableFuture<@Nullable T> attempt(Publisher<T> publisher) {
            RetryContext attempt = RetryContext.current().orElseThrow();
            MonoAttempt<T> running = new MonoAttempt<>(subscriber, attempt);
            last = running;
            return Mono.from(publisher).subscribeWith(running);
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
