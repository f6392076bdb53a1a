package dev.retrykit.spring.method;

import dev.retrykit.failure.Causes;
import dev.retrykit.spring.registry.FallbackCounters;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The methods that answer in place of one that failed, the one with the most specific failure type first. */
final class Fallback {

    private final List<Method> candidates;
    private final FallbackCounters counters;

    Fallback(List<Method> candidates, FallbackCounters counters) {
        this.candidates = candidates;
        this.counters = counters;
    }

    /**
     * The answer.
     *
     * @throws Throwable the failure, if no candidate takes it; otherwise what the candidate throws, the failure attached
     */
    @Nullable
    Object answer(Object target, @Nullable Object[] arguments, Throwable failure) throws Throwable {
        Method candidate = candidateFor(failure, arguments.length);
        if (candidate == null) {
            throw failure;
        }
        boolean takesFailure = candidate.getParameterCount() > arguments.length;
        @Nullable Object[] all = takesFailure ? Arrays.copyOf(arguments, arguments.length + 1) : arguments;
        if (takesFailure) {
            all[arguments.length] = failure;
        }
        return call(candidate, target, all, failure);
    }

    /** The answer of an asynchronous method; cancelling it cancels the call. */
    CompletableFuture<@Nullable Object> answerLater(
            CompletableFuture<@Nullable Object> call, Object target, @Nullable Object[] arguments) {
        return Answered.of(call, this, target, arguments);
    }

    private @Nullable Object call(Method candidate, Object target, @Nullable Object[] arguments, Throwable failure)
            throws Throwable {
        try {
            Object answer = candidate.invoke(target, arguments);
            if (!(answer instanceof CompletionStage<?>)) {
                counters.add(true);
            }
            return answer;
        } catch (InvocationTargetException thrown) {
            throw failed(thrown.getTargetException(), failure);
        }
    }

    /** The fallback failed too: its failure is the answer, and it tells of the one before. */
    private Throwable failed(Throwable own, Throwable failure) {
        counters.add(false);
        attachOnce(own, failure);
        return own;
    }

    /** One of each kind, and never itself: an instance that is thrown again and again must not grow. */
    private static void attachOnce(Throwable own, Throwable failure) {
        synchronized (own) {
            boolean there =
                    Arrays.stream(own.getSuppressed()).anyMatch(present -> present.getClass() == failure.getClass());
            if (own != failure && !there) {
                own.addSuppressed(failure);
            }
        }
    }

    /** Errors go to a fallback that names them; one without a failure parameter is for exceptions. */
    private @Nullable Method candidateFor(Throwable failure, int argumentCount) {
        for (Method candidate : candidates) {
            boolean takesFailure = candidate.getParameterCount() > argumentCount;
            if (takesFailure
                    ? candidate.getParameterTypes()[argumentCount].isInstance(failure)
                    : !(failure instanceof Error)) {
                return candidate;
            }
        }
        return null;
    }

    /** Completes as the call does, or as the fallback's stage does. */
    private static final class Answered extends CompletableFuture<@Nullable Object> {

        private final CompletableFuture<@Nullable Object> call;
        private volatile @Nullable CompletionStage<?> fallbackStage;

        private Answered(CompletableFuture<@Nullable Object> call) {
            this.call = call;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // it completes with the call, and can't fail
        static Answered of(
                CompletableFuture<@Nullable Object> call,
                Fallback fallback,
                Object target,
                @Nullable Object[] arguments) {
            Answered answered = new Answered(call);
            call.whenComplete((result, failure) -> {
                if (failure == null) {
                    answered.complete(result);
                } else if (!answered.isDone()) {
                    answered.answer(fallback, target, arguments, failure);
                }
            });
            return answered;
        }

        private void answer(Fallback fallback, Object target, @Nullable Object[] arguments, Throwable failure) {
            try {
                Object answer = fallback.answer(target, arguments, failure);
                if (answer instanceof CompletionStage<?> stage) {
                    await(stage, fallback, failure);
                } else {
                    complete(answer);
                }
            } catch (Throwable own) {
                completeExceptionally(own);
            }
        }

        /** Completes as the fallback's stage does; if this was cancelled meanwhile, so is that. */
        private void await(CompletionStage<?> stage, Fallback fallback, Throwable failure) {
            fallbackStage = stage;
            stage.whenComplete((result, own) -> {
                if (own != null) {
                    Throwable unwrapped = Causes.unwrap(own);
                    completeExceptionally(isCancelled() ? unwrapped : fallback.failed(unwrapped, failure));
                } else {
                    fallback.counters.add(true);
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
