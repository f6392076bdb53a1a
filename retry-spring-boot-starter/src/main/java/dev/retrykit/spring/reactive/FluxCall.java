package dev.retrykit.spring.reactive;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.event.Scope;
import dev.retrykit.function.ThrowingCallable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One subscription to a retried Flux. The engine sees each attempt as a stage that completes when its publisher does;
 * elements bypass the engine. The subscriber's outstanding demand is passed on to the current attempt.
 */
final class FluxCall<T> implements Subscription {

    /** The result of an attempt that has emitted elements; no classifier matches it. */
    private static final Object ELEMENTS = new Object() {
        @Override
        public String toString() {
            return "elements of a Flux";
        }
    };

    private final CoreSubscriber<? super T> subscriber;
    private final boolean repeats;
    private final SubscriberContext around;

    // guarded by this object's lock
    private long requested;
    private long emitted;
    private @Nullable Subscription source;

    private volatile boolean cancelled;
    private volatile @Nullable CompletableFuture<?> call;

    FluxCall(CoreSubscriber<? super T> subscriber, boolean repeats) {
        this.subscriber = subscriber;
        this.repeats = repeats;
        this.around = SubscriberContext.of(subscriber.currentContext());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the subscriber is notified
    void begin(Retry retry, ThrowingCallable<? extends Publisher<T>, ?> body) {
        if (cancelled) {
            return;
        }
        CompletableFuture<?> begun = around.begin(() -> retry.callAsync(() -> attempt(body.call())));
        call = begun;
        if (cancelled) {
            begun.cancel(true);
        }
        begun.whenComplete((result, failure) -> end(failure));
    }

    private void end(@Nullable Throwable failure) {
        if (cancelled) {
            return;
        }
        try (Scope outside = around.enter()) {
            if (failure == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(failure);
            }
        }
    }

    private CompletableFuture<@Nullable Object> attempt(Publisher<T> publisher) {
        Attempt attempt = new Attempt(RetryContext.current().orElseThrow());
        attempt.subscribeTo(publisher);
        return attempt;
    }

    @Override
    public void request(long n) {
        if (!Operators.validate(n)) {
            return;
        }
        Subscription asked;
        synchronized (this) {
            requested = Operators.addCap(requested, n);
            asked = source;
        }
        if (asked != null) {
            asked.request(n);
        }
    }

    /**
     * Also cancels the source, because a publisher may emit while it is being subscribed to, before there is a call to
     * cancel.
     */
    @Override
    public void cancel() {
        cancelled = true;
        CompletableFuture<?> begun = call;
        if (begun != null) {
            begun.cancel(true);
        }
        Subscription unwanted;
        synchronized (this) {
            unwanted = source;
        }
        if (unwanted != null) {
            unwanted.cancel();
        }
    }

    /** Makes a source the current one and passes the outstanding demand on to it. */
    private void enforce(Subscription next) {
        long outstanding;
        synchronized (this) {
            source = next;
            outstanding = requested == Long.MAX_VALUE ? Long.MAX_VALUE : requested - emitted;
        }
        if (cancelled) {
            next.cancel();
        } else if (outstanding > 0) {
            next.request(outstanding);
        }
    }

    /** One attempt. Cancelled by the engine when its time is up or the subscriber has left. */
    private final class Attempt extends CompletableFuture<@Nullable Object> implements CoreSubscriber<T> {

        private final RetryContext attempt;
        private final Context context;
        private volatile @Nullable Subscription own;
        private boolean hasEmitted;

        Attempt(RetryContext attempt) {
            this.attempt = attempt;
            this.context = SubscriberContext.inside(Context.empty(), subscriber.currentContext(), attempt);
        }

        /** Cancels the source if subscribing to it fails, because no subscriber would receive its elements. */
        void subscribeTo(Publisher<T> publisher) {
            try {
                Flux.from(publisher).subscribe(this);
            } catch (Throwable refused) {
                completeExceptionally(refused);
                cancelSource();
                throw refused;
            }
        }

        @Override
        public Context currentContext() {
            return context;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (!Operators.validate(own, subscription)) {
                return;
            }
            own = subscription;
            if (isDone()) {
                subscription.cancel();
            } else {
                enforce(subscription);
            }
        }

        @Override
        public void onNext(T element) {
            if (mayGoOut()) {
                try (Scope outside = around.enter()) {
                    subscriber.onNext(element);
                }
            } else {
                Operators.onDiscard(element, context);
            }
        }

        /**
         * Forbids retries first, and checks afterwards whether the attempt has ended, while the engine ends the attempt
         * first and checks afterwards. Therefore an element is never emitted while a retry starts. If retries are
         * allowed after elements, an element is either counted before the next attempt requests the remaining demand,
         * or is not emitted.
         */
        private boolean mayGoOut() {
            if (isDone()) {
                return false;
            }
            if (!hasEmitted) {
                hasEmitted = true;
                if (!repeats) {
                    attempt.forbidRetry();
                }
            }
            synchronized (FluxCall.this) {
                if (isDone() || source != own) {
                    return false;
                }
                emitted++;
                return true;
            }
        }

        @Override
        public void onError(Throwable failure) {
            completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            complete(hasEmitted ? ELEMENTS : null);
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean now = super.cancel(mayInterruptIfRunning);
            cancelSource();
            return now;
        }

        private void cancelSource() {
            Subscription subscription = own;
            if (subscription != null) {
                subscription.cancel();
            }
        }
    }
}
