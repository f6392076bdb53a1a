package dev.retrykit.spring.reactive;

import dev.retrykit.RetryContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What the subscriber of a retried publisher is part of. An attempt is taken along in the subscriber's context: its
 * thread changes, and a retried publisher inside of it must know the call around, for its time and for who retries.
 *
 * @param attempt the attempt around; null if there is none
 */
record Surroundings(@Nullable RetryContext attempt) {

    /** Asks the subscriber first, then the thread that subscribes. */
    static Surroundings of(ContextView subscriber) {
        RetryContext around = subscriber.getOrDefault(RetryContext.class, null);
        return new Surroundings(around == null ? RetryContext.current().orElse(null) : around);
    }

    /** The context of an attempt: the subscriber's, and the attempt. */
    static Context inside(Context context, ContextView subscriber, RetryContext attempt) {
        return context.putAll(subscriber).put(RetryContext.class, attempt);
    }

    /** Begins a call inside of the attempt. */
    <R> R begin(Supplier<R> call) {
        return attempt == null ? call.get() : attempt.call(call::get);
    }

    /**
     * For a signal to the subscriber. The thread that brings it may be inside of an attempt, but what the subscriber does
     * is no part of that.
     */
    RetryContext.Scope enter() {
        return attempt == null ? RetryContext.leave() : attempt.enter();
    }
}
