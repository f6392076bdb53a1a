package dev.retrykit.spring.reactive;

import dev.retrykit.CallerDeadline;
import dev.retrykit.InboundRequest;
import dev.retrykit.RetryContext;
import dev.retrykit.event.Scope;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What the subscriber of a retried publisher is part of. An attempt is taken along in the subscriber's context: its
 * thread changes, and a retried publisher inside of it must know the call around, for its time and for who retries.
 *
 * @param subscriber the subscriber's context
 * @param attempt the attempt around; null if there is none
 * @param deadline outside of attempts, how long somebody outside waits; null if nobody said so
 * @param outside leaves attempts, where there is none around
 * @param request outside of attempts, what it is done for; null if that isn't known
 */
record SubscriberContext(
        ContextView subscriber,
        @Nullable RetryContext attempt,
        @Nullable CallerDeadline deadline,
        Supplier<Scope> outside,
        @Nullable InboundRequest request) {

    /** Asks the subscriber first, then the thread that subscribes. */
    static SubscriberContext of(ContextView subscriber) {
        Optional<RetryContext> around =
                subscriber.<RetryContext>getOrEmpty(RetryContext.class).flatMap(RetryContext::forRequests);
        return new SubscriberContext(
                subscriber,
                around.or(RetryContext::current).orElse(null),
                subscriber.getOrDefault(CallerDeadline.class, null),
                RetryContext.leaving(),
                subscriber.getOrDefault(InboundRequest.class, null));
    }

    /** The context of an attempt: the subscriber's, and the attempt. */
    static Context inside(Context context, ContextView subscriber, RetryContext attempt) {
        return ObservedContext.inside(context.putAll(subscriber).put(RetryContext.class, attempt));
    }

    /** Begins a call inside of the attempt. */
    <R> R begin(Supplier<R> call) {
        try (Scope observed = ObservedContext.enter(subscriber)) {
            return beginObserved(call);
        }
    }

    private <R> R beginObserved(Supplier<R> call) {
        if (attempt != null) {
            return attempt.call(call::get);
        }
        if (request == null) {
            return beginInTime(call);
        }
        try (Scope scope = request.enter()) {
            return beginInTime(call);
        }
    }

    private <R> R beginInTime(Supplier<R> call) {
        if (deadline == null) {
            return call.get();
        }
        try (Scope scope = deadline.enter()) {
            return call.get();
        }
    }

    /**
     * For a signal to the subscriber. The thread that brings it may be inside of an attempt, but what the subscriber does
     * is no part of that.
     */
    Scope enter() {
        return attempt == null ? outside.get() : attempt.enter();
    }
}
