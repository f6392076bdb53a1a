package dev.retrykit.spring.reactive;

import dev.retrykit.RetryContext;
import java.util.function.Supplier;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Takes the attempt that a publisher is part of along in the subscriber's context: its thread changes, and a retried
 * publisher inside of it must know the call around, for its time and for who retries.
 */
final class Surroundings {

    private Surroundings() {}

    /** The context of an attempt: the subscriber's, and the attempt. */
    static Context of(Context context, ContextView subscriber, RetryContext attempt) {
        return context.putAll(subscriber).put(RetryContext.class, attempt);
    }

    /** Begins something inside of the attempt that the subscriber is part of, if it is. */
    static <R> R within(ContextView subscriber, Supplier<R> begin) {
        RetryContext around = subscriber.getOrDefault(RetryContext.class, null);
        return around == null ? begin.get() : around.call(begin::get);
    }
}
