package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import org.jspecify.annotations.Nullable;

/** Calls functions that return a Kotlin Flow: once per collector and attempt, in the collector's context. */
final class FlowCallAdapter implements CallAdapter {

    private final boolean repeats;

    /**
     * Creates the adapter of one function.
     *
     * @param repeats whether an attempt that has emitted elements is retried too
     */
    FlowCallAdapter(boolean repeats) {
        this.repeats = repeats;
    }

    @Override
    public Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        return Coroutines.flow(
                publisherOf -> new ReactiveCallAdapter(true, repeats, publisherOf, publisher -> publisher)
                        .call(retry, fallback, invocation));
    }
}
