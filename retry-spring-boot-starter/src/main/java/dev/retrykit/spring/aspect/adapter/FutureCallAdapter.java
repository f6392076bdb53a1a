package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Methods that are declared to return a {@link Future}. One that is a stage is treated as such. Of any other nobody
 * learns when it fails: only what the method throws is retried. No thread is held between attempts either way.
 */
final class FutureCallAdapter implements CallAdapter {

    private final CompletionStageCallAdapter stages = new CompletionStageCallAdapter(FutureCallAdapter::stageOf);

    @Override
    public Future<?> call(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        AtomicBoolean isStage = new AtomicBoolean();
        Invocation watched =
                invocation.by(arguments -> sameKind(invocation.method().call(arguments), isStage));
        CompletableFuture<@Nullable Object> call = stages.call(retry, fallback, watched);
        if (call.isCompletedExceptionally()) {
            return call;
        }
        if (call.isDone() && call.join() instanceof Returned returned) {
            return returned.future();
        }
        return isStage.get() ? call : new Later(call);
    }

    /** Once the caller has been given a stage there is no way to hand over a future that is none. */
    private static @Nullable Object sameKind(@Nullable Object returned, AtomicBoolean isStage) {
        if (returned instanceof CompletionStage<?>) {
            isStage.set(true);
        } else if (returned != null && isStage.get()) {
            throw new IllegalStateException("an earlier attempt returned a stage and this one a "
                    + returned.getClass().getName() + ": a method that is retried must return the same kind of future"
                    + " each time");
        }
        return returned;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable CompletionStage<@Nullable Object> stageOf(@Nullable Object returned) {
        return returned == null || returned instanceof CompletionStage<?>
                ? (CompletionStage<@Nullable Object>) returned
                : CompletableFuture.completedFuture(new Returned((Future<?>) returned));
    }

    /** What a method returned that isn't a stage. */
    private record Returned(Future<?> future) {}

    /** A future that isn't there yet: the method wasn't called so far, or has only thrown. */
    private record Later(CompletableFuture<@Nullable Object> call) implements Future<@Nullable Object> {

        @Override
        public @Nullable Object get() throws InterruptedException, ExecutionException {
            Object value = call.get();
            return value instanceof Returned returned ? returned.future().get() : value;
        }

        /** The time is that of the call, and then again that of the future that came of it. */
        @Override
        public @Nullable Object get(long timeout, TimeUnit unit)
                throws InterruptedException, ExecutionException, TimeoutException {
            Object value = call.get(timeout, unit);
            return value instanceof Returned returned ? returned.future().get(timeout, unit) : value;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            Future<?> future = returned();
            return future == null ? call.cancel(mayInterruptIfRunning) : future.cancel(mayInterruptIfRunning);
        }

        @Override
        public boolean isCancelled() {
            Future<?> future = returned();
            return future == null ? call.isCancelled() : future.isCancelled();
        }

        @Override
        public boolean isDone() {
            Future<?> future = returned();
            return future == null ? call.isDone() : future.isDone();
        }

        private @Nullable Future<?> returned() {
            boolean there = call.isDone() && !call.isCompletedExceptionally();
            return there && call.join() instanceof Returned returned ? returned.future() : null;
        }
    }
}
