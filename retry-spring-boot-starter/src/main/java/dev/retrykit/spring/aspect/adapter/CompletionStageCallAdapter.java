package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import dev.retrykit.failure.Causes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Methods that return a stage: no thread is held between attempts. Cancelling the stage ends the retries. */
final class CompletionStageCallAdapter implements CallAdapter {

    private final Function<@Nullable Object, @Nullable CompletionStage<@Nullable Object>> stageOf;

    @SuppressWarnings("unchecked")
    CompletionStageCallAdapter() {
        this(returned -> (CompletionStage<@Nullable Object>) returned);
    }

    /**
     * For methods that return something else.
     *
     * @param stageOf makes a stage of it
     */
    CompletionStageCallAdapter(Function<@Nullable Object, @Nullable CompletionStage<@Nullable Object>> stageOf) {
        this.stageOf = stageOf;
    }

    /** Whether a method of this return type takes what this makes. */
    static boolean fits(Class<?> returnType) {
        return CompletionStage.class.isAssignableFrom(returnType)
                && returnType.isAssignableFrom(CompletableFuture.class);
    }

    @Override
    @SuppressWarnings("NullAway") // the engine refuses a stage that is null
    public CompletableFuture<@Nullable Object> call(Retry retry, @Nullable Fallback fallback, Invocation invocation) {
        CompletableFuture<@Nullable Object> call = retry.callAsync(() -> stageOf.apply(invocation.call()));
        return fallback == null ? call : new Answered(call, fallback, invocation).begin();
    }

    /** Completes as the call does, or as the fallback's stage does. */
    private final class Answered extends CompletableFuture<@Nullable Object> {

        private final CompletableFuture<@Nullable Object> call;
        private final Fallback fallback;
        private final Invocation invocation;
        private volatile @Nullable CompletionStage<?> fallbackStage;

        Answered(CompletableFuture<@Nullable Object> call, Fallback fallback, Invocation invocation) {
            this.call = call;
            this.fallback = fallback;
            this.invocation = invocation;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // this completes with the call, and can't fail
        Answered begin() {
            call.whenComplete((result, failure) -> {
                if (failure == null) {
                    complete(result);
                } else if (!isDone()) {
                    answer(failure);
                }
            });
            return this;
        }

        private void answer(Throwable failure) {
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

        /** Completes as the fallback's stage does; if this was cancelled meanwhile, so is that. */
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
