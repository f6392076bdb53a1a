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
 * The context of the subscriber of a retried publisher. An attempt is carried in the subscriber's context, because its
 * thread changes, and a nested retried publisher needs the enclosing call for its remaining time and for deciding which
 * layer retries.
 *
 * @param subscriber the subscriber's context
 * @param attempt the enclosing attempt; null if there is none
 * @param deadline outside attempts, how long an external caller waits; null if unknown
 * @param outside leaves attempts if there is no enclosing one
 * @param request outside attempts, the inbound request that the call belongs to; null if unknown
 */
record SubscriberContext(
        ContextView subscriber,
        @Nullable RetryContext attempt,
        @Nullable CallerDeadline deadline,
        Supplier<Scope> outside,
        @Nullable InboundRequest request) {

    /** Reads the subscriber's context first, then the subscribing thread. */
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

    /** Returns the context of an attempt: that of the subscriber, with the attempt. */
    static Context inside(Context context, ContextView subscriber, RetryContext attempt) {
        return ObservedContext.inside(context.putAll(subscriber).put(RetryContext.class, attempt));
    }

    /** Starts a call inside the enclosing attempt. */
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
     * Enters the subscriber's context for a signal. The signaling thread may be inside an attempt, but what the
     * subscriber does is not part of it.
     */
    Scope enter() {
        return attempt == null ? outside.get() : attempt.enter();
    }
}
