package dev.retrykit.spring.reactive;

import dev.retrykit.Retry;
import dev.retrykit.function.ThrowingCallable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * A publisher of many values with retries.
 *
 * @param <T> the element type
 */
public final class RetriedFlux<T> extends Flux<T> {

    private final Retry retry;
    private final boolean repeats;
    private final ThrowingCallable<? extends Publisher<T>, ?> body;

    private RetriedFlux(Retry retry, boolean repeats, ThrowingCallable<? extends Publisher<T>, ?> body) {
        this.retry = retry;
        this.repeats = repeats;
        this.body = body;
    }

    /**
     * Makes a call for each subscription. Its time budget starts then and covers all elements together; cancelling the
     * subscription ends its retries. An attempt that has emitted elements and then fails is not retried. Elements are
     * not classified; an attempt that emits none returns null.
     *
     * @param repeats whether an attempt that has emitted elements is retried too, so that the subscriber receives
     *     elements again
     * @param body creates the publisher of one attempt; an exception counts as a failure of the attempt
     */
    public static <T> Flux<T> of(Retry retry, boolean repeats, ThrowingCallable<? extends Publisher<T>, ?> body) {
        return onAssembly(new RetriedFlux<>(retry, repeats, body));
    }

    /** Serializes signals, because the end may come from a timer while an element is being emitted. */
    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        CoreSubscriber<? super T> subscriber = Operators.serialize(actual);
        FluxCall<T> call = new FluxCall<>(subscriber, repeats);
        subscriber.onSubscribe(call);
        call.begin(retry, body);
    }
}
