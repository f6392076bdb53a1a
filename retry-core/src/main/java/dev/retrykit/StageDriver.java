package dev.retrykit;

import dev.retrykit.Decision.RetryIn;
import dev.retrykit.Decision.Stop;
import dev.retrykit.failure.Causes;
import dev.retrykit.failure.ThrowingCallable;
import dev.retrykit.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts that return stages, and holds no thread between them: the first on the caller's thread, the others on
 * the executor. It is the future that the caller gets.
 *
 * <p>At any time one {@link Step} is in force, an attempt or a pause. Whoever claims it (the stage, the timeout, the
 * timer, the caller who cancels) alone decides what follows, so the call is used by one thread at a time.
 */
final class StageDriver<T extends @Nullable Object> extends CompletableFuture<T> implements Waiters.Waiter {

    private final RetryCall call;
    private final ThrowingCallable<? extends CompletionStage<T>, ?> body;
    private final @Nullable Executor context;

    private volatile @Nullable Step step;

    /** Whether a shutdown can find this. */
    private volatile boolean enlisted;

    /** What an attempt returned last; written and read by whoever has claimed the step. */
    @SuppressWarnings("NullAway") // null before there is one, and then nobody reads it
    private T result;

    private StageDriver(RetryCall call, ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        this.call = call;
        this.body = body;
        this.context = capture(call.retry().carrier());
    }

    /** What takes this thread's context along; null if nothing does. A capture that fails is no capture. */
    private static @Nullable Executor capture(@Nullable ContextCarrier carrier) {
        try {
            return carrier == null ? null : carrier.capture();
        } catch (Throwable notCaptured) {
            return null;
        }
    }

    static <T extends @Nullable Object> CompletableFuture<T> call(
            Retry retry, ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        RetryCall call = RetryCall.begin(retry, Frame.current(), retry.time().nanoTime());
        StageDriver<T> driver = new StageDriver<>(call, body);
        driver.follow(driver::next);
        return driver;
    }

    /** Begins the next attempt, if somebody still waits for it and the call allows it. */
    Decision next() {
        return isDone() ? call.cancelled() : call.next();
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

    /** Asks what follows and does it. Whatever goes wrong on the way, the caller's stage completes. */
    void follow(Supplier<Decision> question) {
        try {
            Decision decision = question.get();
            if (decision instanceof Stop) {
                finish();
            } else if (decision instanceof RetryIn retryIn) {
                new Pause(this).begin(retryIn.delayNanos());
            } else {
                new Attempt().begin();
            }
        } catch (Throwable broken) {
            finishBroken(broken);
        }
        endIfDone();
    }

    private void finish() {
        if (call.hasResult()) {
            complete(result);
        } else {
            completeExceptionally(call.failure());
        }
    }

    private void finishBroken(Throwable broken) {
        Throwable last = call.lastFailure();
        if (call.hasResult()) {
            complete(result);
        } else if (last == null) {
            completeExceptionally(broken);
        } else {
            Suppressed.addOnce(last, broken);
            completeExceptionally(last);
        }
    }

    /** Each time that a wait begins for which nobody may hold a thread: a shutdown must find it. */
    private void enlist() {
        enlisted = true;
        call.retry().waiters().enlist(this);
        dismissIfDone();
    }

    private void dismissIfDone() {
        if (enlisted && isDone()) {
            call.retry().waiters().dismiss(this);
        }
    }

    @Override
    public void shutDown(boolean now) {
        Step current = step;
        if (current != null && (now || current.isBeforeRetry()) && current.claim()) {
            current.abandon();
            follow(call::cancelled);
        }
    }

    /** Runs a task, which does nothing the second time, with the context of the caller's thread, or else without. */
    void inContext(Runnable task) {
        if (context != null) {
            try {
                context.execute(task);
            } catch (Throwable notRestored) {
                // the task runs all the same
            }
        }
        task.run();
    }

    RetryCall call() {
        return call;
    }

    /** Puts a step in force that waits. */
    void enforce(Step next) {
        step = next;
        enlist();
    }

    /** If the step was claimed already, its claimer comes here after it has put the next one in force. */
    void endIfDone() {
        dismissIfDone();
        Step current = step;
        if (isDone() && current != null && current.claim()) {
            current.abandon();
            call.cancelled();
        }
    }

    private final class Attempt extends Step implements BiFunction<T, @Nullable Throwable, @Nullable Void>, Runnable {

        private static final long serialVersionUID = 1;

        private transient volatile @Nullable CompletableFuture<T> running;
        private transient volatile TimeSource.@Nullable Scheduled timeout;

        /** A retry's time runs while its body does: a body that blocks must not hold up the caller's stage. */
        void begin() {
            step = this;
            try {
                if (call.view().number() > 1) {
                    limit();
                }
                await(call.run(body));
            } catch (Throwable failure) {
                if (failure instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                end(failure);
                abandon();
            }
        }

        private void await(@Nullable CompletionStage<T> started) {
            if (started == null) {
                throw new NullPointerException("an asynchronous method must return a stage, but returned null");
            }
            CompletableFuture<T> future = futureOf(started);
            running = future;
            if (future == null || !future.isDone()) {
                enlist();
                if (timeout == null) {
                    limit();
                }
            }
            if (get()) {
                abandon();
            }
            started.handle(this);
        }

        private void limit() {
            TimeSource time = call.retry().time();
            timeout = time.schedule(this, call.attemptDeadlineNanos() - time.nanoTime());
        }

        /** The stage's end. What depends on it succeeds: else it would be given an exception made for it alone. */
        @Override
        public @Nullable Void apply(T result, @Nullable Throwable failure) {
            if (failure != null) {
                end(Causes.unwrap(failure));
            } else if (claim()) {
                cancel(timeout);
                StageDriver.this.result = result;
                follow(() -> call.returned(result));
            }
            return null;
        }

        /** On the timer: the time is up. Users' code hangs on both stages. */
        @Override
        public void run() {
            if (claim()) {
                new Handover(StageDriver.this, this, call::timeUp, call::timeUp).begin();
            }
        }

        @Override
        boolean isBeforeRetry() {
            return false;
        }

        @Override
        void abandon() {
            cancel(timeout);
            CompletableFuture<T> unwanted = running;
            if (unwanted != null) {
                quietly(() -> unwanted.cancel(true));
            }
        }

        private void end(Throwable failure) {
            cancel(timeout);
            if (claim()) {
                follow(() -> call.failed(failure));
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
