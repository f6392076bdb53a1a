package dev.retrykit;

import dev.retrykit.Decision.RetryIn;
import dev.retrykit.Decision.Stop;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

    /** Begins the next attempt, if somebody still waits for it and the call allows it. */
    @Override
    public void run() {
        follow(isDone() ? call.cancelled() : call.next());
    }

    /** Cancels the running attempt or the pause, and ends the retries. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        endIfDone();
        return cancelled;
    }

    /** By its owner: ends the retries, as {@link #cancel} does. So does {@link #completeOnTimeout}. */
    @Override
    public boolean complete(T value) {
        boolean completed = super.complete(value);
        endIfDone();
        return completed;
    }

    /** By its owner: ends the retries, as {@link #cancel} does. So does {@link #orTimeout}. */
    @Override
    public boolean completeExceptionally(Throwable failure) {
        boolean completed = super.completeExceptionally(failure);
        endIfDone();
        return completed;
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
        endIfDone();
    }

    /** If the step was claimed already, its claimer comes here after it has put the next one in force. */
    private void endIfDone() {
        Step current = step;
        if (isDone() && current != null && current.claim()) {
            current.abandon();
            call.cancelled();
        }
    }

    /** Gets work off the timer. An executor that doesn't take it, whatever it throws, has no thread for this call. */
    private boolean tryHandOver(Runnable work) {
        try {
            call.retry().executor().execute(work);
            return true;
        } catch (Throwable notTaken) {
            return false;
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
            try {
                scheduled = call.retry().time().schedule(this, delayNanos);
            } catch (RuntimeException shutDown) {
                giveUp();
            }
            if (get()) {
                abandon();
            }
        }

        /** On the timer: hands over and is gone. */
        @Override
        public void run() {
            if (claim() && !tryHandOver(StageDriver.this)) {
                follow(call.cancelled());
            }
        }

        private void giveUp() {
            if (claim()) {
                follow(call.cancelled());
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

        private transient volatile @Nullable CompletableFuture<T> running;
        private transient volatile TimeSource.@Nullable Scheduled timeout;

        /** A retry's time runs while its body does: a body that blocks must not hold up the caller's stage. */
        void begin() {
            step = this;
            try {
                if (call.attempt() > 1) {
                    limit();
                }
                await(call.run(body));
            } catch (Throwable failure) {
                end(failure);
            }
        }

        private void await(@Nullable CompletionStage<T> started) {
            if (started == null) {
                throw new NullPointerException("an asynchronous method must return a stage, but returned null");
            }
            CompletableFuture<T> future = futureOf(started);
            running = future;
            if (timeout == null && (future == null || !future.isDone())) {
                limit();
            }
            if (get()) {
                abandon();
            }
            started.whenComplete(this);
        }

        private void limit() {
            TimeSource time = call.retry().time();
            timeout = time.schedule(this, call.attemptDeadlineNanos() - time.nanoTime());
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

        /** On the timer: the time is up. Hands over and is gone: users' code hangs on both stages. */
        @Override
        public void run() {
            if (claim() && !tryHandOver(this::timeUp)) {
                timeUp();
            }
        }

        private void timeUp() {
            abandon();
            follow(call.timeUp());
        }

        @Override
        void abandon() {
            abandonTimeout();
            CompletableFuture<T> unwanted = running;
            if (unwanted != null) {
                unwanted.cancel(true);
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

        /** Null if the stage is of a kind that can't be asked and can't be cancelled. */
        private @Nullable CompletableFuture<T> futureOf(CompletionStage<T> started) {
            try {
                return started.toCompletableFuture();
            } catch (UnsupportedOperationException unknown) {
                return null;
            }
        }
    }
}
