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
 * Calls methods that are declared to return a {@link Future}. A returned stage is treated as a stage. The failure of
 * any other future cannot be observed, so only what the method throws is retried. No thread is held between attempts.
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

    /** After the caller has received a stage, a future that is not a stage cannot be returned. */
    private static @Nullable Object sameKind(@Nullable Object returned, AtomicBoolean isStage) {
        if (returned instanceof CompletionStage<?>) {
            isStage.set(true);
        } else if (returned != null && isStage.get()) {
            throw new IllegalStateException("an earlier attempt returned a stage, but this one returned a "
                    + returned.getClass().getName() + ": a retried method must return the same kind of future"
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

    /** A returned future that is not a stage. */
    private record Returned(Future<?> future) {}

    /** A future for a method that has not been called yet, or has only thrown. */
    private record Later(CompletableFuture<@Nullable Object> call) implements Future<@Nullable Object> {

        @Override
        public @Nullable Object get() throws InterruptedException, ExecutionException {
            Object value = call.get();
            return value instanceof Returned returned ? returned.future().get() : value;
        }

        /** The timeout applies to the call, and then again to the future that it returns. */
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
