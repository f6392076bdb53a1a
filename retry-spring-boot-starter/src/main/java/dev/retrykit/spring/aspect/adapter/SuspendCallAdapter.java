package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import reactor.core.publisher.Mono;

/**
 * Suspending functions. Spring's proxies turn them into a Mono, or into a Flux where they return a Flow, and what comes
 * of the call back. A fallback may be a plain function.
 */
final class SuspendCallAdapter implements CallAdapter {

    private final ReactiveCallAdapter publishers;

    /**
     * For one function.
     *
     * @param flow the adapter of the Flow that it returns, if it does
     * @param repeats whether an attempt that has emitted some of the Flow is retried too
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

    /** Each attempt is a coroutine of its own, which knows that it is one. */
    @Override
    public Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        Invocation suspending = invocation.by(arguments -> invocation.method().call(Coroutines.inAttempt(arguments)));
        return publishers.call(retry, fallback, suspending);
    }
}
