package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import dev.retrykit.failure.Causes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls methods that return a stage. No thread is held between attempts. Cancelling the stage ends the retries. */
final class CompletionStageCallAdapter implements CallAdapter {

    private final Function<@Nullable Object, @Nullable CompletionStage<@Nullable Object>> stageOf;

    @SuppressWarnings("unchecked")
    CompletionStageCallAdapter() {
        this(returned -> (CompletionStage<@Nullable Object>) returned);
    }

    /**
     * Creates an adapter for methods that return something else.
     *
     * @param stageOf converts the returned value to a stage
     */
    CompletionStageCallAdapter(Function<@Nullable Object, @Nullable CompletionStage<@Nullable Object>> stageOf) {
        this.stageOf = stageOf;
    }

    /** Whether a method of this return type can return the stage of this adapter. */
    static boolean fits(Class<?> returnType) {
        return CompletionStage.class.isAssignableFrom(returnType)
                && returnType.isAssignableFrom(CompletableFuture.class);
    }

    @Override
    @SuppressWarnings("NullAway") // the engine rejects a null stage
    public CompletableFuture<@Nullable Object> call(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        CompletableFuture<@Nullable Object> call = retry.callAsync(() -> stageOf.apply(invocation.call()));
        return fallback == null ? call : new FallbackFuture(call, fallback, invocation).begin();
    }

    /** Completes like the call, or like the stage of the fallback. */
    private final class FallbackFuture extends CompletableFuture<@Nullable Object> {

        private final CompletableFuture<@Nullable Object> call;
        private final Fallback fallback;
        private final Invocation invocation;
        private volatile @Nullable CompletionStage<?> fallbackStage;

        FallbackFuture(CompletableFuture<@Nullable Object> call, Fallback fallback, Invocation invocation) {
            this.call = call;
            this.fallback = fallback;
            this.invocation = invocation;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // the result completes with the call, and cannot fail
        FallbackFuture begin() {
            call.whenComplete((result, failure) -> {
                if (failure == null) {
                    complete(result);
                } else if (!isDone()) {
                    fallBackAfter(failure);
                }
            });
            return this;
        }

        private void fallBackAfter(Throwable failure) {
            try {
                CompletionStage<?> stage = stageOf.apply(invocation.fallBack(fallback, failure));
                if (stage == null) {
                    fallback.succeeded();
                    complete(null);
                } else {
                    await(stage, failure);
                }
            } catch (Throwable own) {
                completeExceptionally(own);
            }
        }

        /** Completes like the stage of the fallback, which is cancelled if this stage has been. */
        private void await(CompletionStage<?> stage, Throwable failure) {
            fallbackStage = stage;
            stage.whenComplete((result, own) -> {
                if (own != null) {
                    Throwable unwrapped = Causes.unwrap(own);
                    completeExceptionally(isCancelled() ? unwrapped : fallback.failed(unwrapped, failure));
                } else {
                    fallback.succeeded();
                    complete(result);
                }
            });
            if (isCancelled()) {
                stage.toCompletableFuture().cancel(true);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                call.cancel(mayInterruptIfRunning);
                CompletionStage<?> stage = fallbackStage;
                if (stage != null) {
                    stage.toCompletableFuture().cancel(mayInterruptIfRunning);
                }
            }
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
