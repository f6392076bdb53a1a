package dev.retrykit.spring.reactive;

import dev.retrykit.RetryContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * An attempt of a retried Mono, as the stage that the engine waits for. The engine cancels it if something else, such
 * as a timeout, decides the call: a value that has arrived or arrives later is discarded, so that its resources, such
 * as the body of a response, are released.
 */
final class MonoAttempt<T> extends CompletableFuture<@Nullable T> implements CoreSubscriber<T> {

    private final ContextView subscriber;
    private final Context context;
    private final AtomicReference<@Nullable Subscription> source = new AtomicReference<>();
    private final AtomicReference<@Nullable T> value = new AtomicReference<>();
    private volatile boolean abandoned;

    MonoAttempt(ContextView subscriber, RetryContext attempt) {
        this.subscriber = subscriber;
        this.context = SubscriberContext.inside(Context.empty(), subscriber, attempt);
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (isDone() || !source.compareAndSet(null, subscription)) {
            subscription.cancel();
            return;
        }
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(T element) {
        value.set(element);
        if (!complete(element) || abandoned) {
            discard();
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (!completeExceptionally(failure) && !isCancelled()) {
            Operators.onErrorDropped(failure, context);
        }
    }

    @Override
    public void onComplete() {
        complete(null);
    }

    /** Discards the value, which has no receiver, whether it has arrived or not. */
    void abandon() {
        abandoned = true;
        discard();
    }

    /** Called only by the engine, which then has no use for the value. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        Subscription subscription = source.getAndSet(Operators.cancelledSubscription());
        if (subscription != null) {
            subscription.cancel();
        }
        discard();
        return cancelled;
    }

    /** Discards the value at most once. */
    private void discard() {
        T unwanted = value.getAndSet(null);
        if (unwanted != null) {
            Operators.onDiscard(unwanted, Context.of(subscriber));
        }
    }
}
