package dev.retrykit;

import dev.retrykit.Decision.RetryIn;
import dev.retrykit.Decision.Stop;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts that return stages, and holds no thread between them: the first on the caller's thread, the others on
 * the executor. It is the future that the caller gets.
 *
 * <p>At any time one {@link Step} is in force, an attempt or a pause. Whoever claims it (the stage, the timeout, the
 * timer, the caller who cancels) alone decides what follows, so the call is used by one thread at a time.
 */
final class StageDriver<T extends @Nullable Object> extends CompletableFuture<T> implements Runnable {

    private final RetryCall call;
    private final ThrowingCallable<? extends CompletionStage<T>, ?> body;

    private volatile @Nullable Step step;

    private StageDriver(RetryCall call, ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        this.call = call;
        this.body = body;
    }

    static <T extends @Nullable Object> CompletableFuture<T> call(
            Retry retry, ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        RetryCall call = RetryCall.begin(retry, Frame.current(), retry.time().nanoTime());
        StageDriver<T> driver = new StageDriver<>(call, body);
        driver.run();
        return driver;
    }

    /** Begins the next attempt, if the call allows it. */
    @Override
    public void run() {
        follow(call.next());
    }

    /** Cancels the running attempt or the pause, and ends the retries. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            endIfCancelled();
        }
        return cancelled;
    }

    /** Stages that depend on this one are ordinary ones: cancelling them cancels nothing here. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    private void follow(Decision decision) {
        if (decision instanceof Stop) {
            completeExceptionally(call.failure());
        } else if (decision instanceof RetryIn retryIn) {
            new Pause().begin(retryIn.delayNanos());
        } else {
            new Attempt().begin();
        }
        endIfCancelled();
    }

    /** If the step was claimed already, its claimer comes here after it has put the next one in force. */
    private void endIfCancelled() {
        Step current = step;
        if (isCancelled() && current != null && current.claim()) {
            current.abandon();
            call.cancelled();
        }
    }

    private abstract class Step extends AtomicBoolean {

        private static final long serialVersionUID = 1;

        final boolean claim() {
            return compareAndSet(false, true);
        }

        /** Stops what the step waits for. The step has been claimed. */
        abstract void abandon();
    }

    private final class Pause extends Step implements Runnable {

        private static final long serialVersionUID = 1;

        private transient volatile TimeSource.@Nullable Scheduled scheduled;

        void begin(long delayNanos) {
            step = this;
            scheduled = call.retry().time().schedule(this, delayNanos);
            if (get()) {
                abandon();
            }
        }

        /** On the timer: hands over and is gone. */
        @Override
        public void run() {
            if (claim()) {
                try {
                    call.retry().executor().execute(StageDriver.this);
                } catch (RejectedExecutionException shutDown) {
                    follow(call.cancelled());
                }
            }
        }

        @Override
        void abandon() {
            TimeSource.Scheduled pending = scheduled;
            if (pending != null) {
                pending.cancel();
            }
        }
    }

    private final class Attempt extends Step implements BiConsumer<T, @Nullable Throwable>, Runnable {

        private static final long serialVersionUID = 1;

        private transient volatile @Nullable CompletionStage<T> stage;
        private transient volatile TimeSource.@Nullable Scheduled timeout;

        void begin() {
            step = this;
            CompletionStage<T> started;
            try {
                started = start();
            } catch (Throwable failure) {
                end(failure);
                return;
            }
            stage = started;
            if (!started.toCompletableFuture().isDone()) {
                timeout = call.retry().time().schedule(this, call.attemptLimitNanos());
            }
            if (get()) {
                abandon();
            }
            started.whenComplete(this);
        }

        private CompletionStage<T> start() throws Throwable {
            Frame frame = Frame.current();
            Retry outer = frame.retry;
            long outerStarted = frame.startedNanos;
            long outerDeadline = frame.deadlineNanos;
            RetryCall outerCall = frame.call;
            frame.set(call.retry(), call.startedNanos(), call.attemptDeadlineNanos(), call);
            try {
                CompletionStage<T> started = body.call();
                if (started == null) {
                    throw new NullPointerException("an asynchronous method must return a stage, but returned null");
                }
                return started;
            } finally {
                frame.set(outer, outerStarted, outerDeadline, outerCall);
            }
        }

        /** The stage's end. */
        @Override
        public void accept(T result, @Nullable Throwable failure) {
            if (failure != null) {
                end(Causes.unwrap(failure));
            } else if (claim()) {
                abandonTimeout();
                call.succeeded();
                complete(result);
            }
        }

        /** The time is up. */
        @Override
        public void run() {
            if (claim()) {
                abandon();
                follow(call.timeUp());
            }
        }

        @Override
        void abandon() {
            abandonTimeout();
            CompletionStage<T> running = stage;
            if (running != null) {
                running.toCompletableFuture().cancel(true);
            }
        }

        private void end(Throwable failure) {
            if (claim()) {
                abandonTimeout();
                follow(call.failed(failure));
            }
        }

        private void abandonTimeout() {
            TimeSource.Scheduled pending = timeout;
            if (pending != null) {
                pending.cancel();
            }
        }
    }
}
