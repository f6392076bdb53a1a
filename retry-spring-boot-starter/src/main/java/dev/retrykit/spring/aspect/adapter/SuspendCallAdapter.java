package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import reactor.core.publisher.Mono;

/**
 * Calls suspending functions. Spring's proxies convert them to a Mono, or to a Flux if they return a Flow, and convert
 * the result back. A fallback may be a plain function.
 */
final class SuspendCallAdapter implements CallAdapter {

    private final ReactiveCallAdapter publishers;

    /**
     * Creates the adapter of one function.
     *
     * @param flow the adapter of the Flow that the function returns; null if it returns none
     * @param repeats whether an attempt that has emitted elements of the Flow is retried too
     */
    SuspendCallAdapter(@Nullable ReactiveAdapter flow, boolean repeats) {
        this.publishers = new ReactiveCallAdapter(
                flow != null, repeats, returned -> publisherOf(returned, flow), publisher -> publisher);
    }

    @SuppressWarnings("unchecked")
    private static Publisher<Object> publisherOf(@Nullable Object returned, @Nullable ReactiveAdapter flow) {
        if (returned instanceof Publisher<?> publisher) {
            return (Publisher<Object>) publisher;
        }
        return flow == null ? Mono.justOrEmpty(returned) : flow.toPublisher(returned);
    }

    /** Each attempt is a separate coroutine, with the attempt in its context. */
    @Override
    public Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        Invocation suspending = invocation.by(arguments -> invocation.method().call(Coroutines.inAttempt(arguments)));
        return publishers.call(retry, fallback, suspending);
    }
}
