package dev.retrykit;

import dev.retrykit.Decision.RetryIn;
import dev.retrykit.Decision.Stop;
import dev.retrykit.failure.ThrowingCallable;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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

    /** The thread that follows, if there is one just now. Written over by another one that has claimed the next step. */
    private volatile @Nullable Turn turn;

    /** Where a shutdown, and the end of the call's time, find this; null until it has waited. */
    private volatile @Nullable Place place;

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

    /** By its owner: what the supplier gives ends the retries, as {@link #complete} does. */
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> {
            if (!isDone()) {
                completeFrom(supplier);
            }
        });
        return this;
    }

    private void completeFrom(Supplier<? extends T> supplier) {
        try {
            complete(supplier.get());
        } catch (Throwable failure) {
            completeExceptionally(failure);
        }
    }

    /** By its owner: ends the retries too. */
    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        endIfDone();
    }

    /** By its owner: ends the retries too. */
    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        endIfDone();
    }

    /** Stages that depend on this one are ordinary ones: cancelling them cancels nothing here. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    /**
     * Asks what follows and does it. Whatever goes wrong on the way, the caller's stage completes. What follows from that
     * on the same thread, as where a timer or an executor does things at once, is done after it: the stack doesn't grow.
     */
    void follow(Supplier<Decision> question) {
        Turn current = turn;
        if (current != null && current.isOwn()) {
            current.add(question);
            return;
        }
        Turn own = new Turn();
        turn = own;
        for (Supplier<Decision> next = question; next != null; next = own.takeNext()) {
            doNext(next);
        }
        if (turn == own) {
            turn = null;
        }
    }

    private void doNext(Supplier<Decision> question) {
        try {
            Decision decision = question.get();
            if (decision instanceof Stop) {
                finish();
            } else if (decision instanceof RetryIn retryIn) {
                new Pause(this).begin(retryIn.delayNanos());
            } else {
                new StageAttempt<>(this).begin(body);
            }
        } catch (Throwable broken) {
            finishBroken(broken);
        }
        endIfDone();
    }

    /** What ends the attempt while its body runs, as on a clock that is moved on by this thread, doesn't wait for the body. */
    @Nullable
    CompletionStage<T> run(ThrowingCallable<? extends CompletionStage<T>, ?> attempt) throws Throwable {
        Turn current = turn;
        turn = null;
        try {
            return call.run(attempt);
        } finally {
            turn = current;
        }
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
    void enlist() {
        Waiters waiters = call.retry().waiters();
        if (place == null) {
            place = waiters.enlist(this, call.deadlineNanos());
        }
        waiters.ask(this);
        dismissIfDone();
    }

    private void dismissIfDone() {
        Place own = place;
        if (own != null && isDone()) {
            call.retry().waiters().dismiss(own);
        }
    }

    @Override
    public void timeIsOver() {
        Step current = step;
        if (current != null) {
            current.timeIsOver();
        }
    }

    @Override
    public void shutDown(boolean now) {
        Step current = step;
        if (current != null && (now || current.isBeforeRetry()) && current.claim()) {
            call.retry().offTimer().run(() -> {
                current.abandon();
                follow(call::cancelled);
            });
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
    void await(Step next) {
        step = next;
        enlist();
        tellTime(next);
    }

    /** Puts a step in force. */
    void enforce(Step next) {
        step = next;
        tellTime(next);
    }

    /** A step that comes into force as the time ends learns of it here, or from the timer, or from both. */
    private void tellTime(Step next) {
        Place own = place;
        if (own != null && own.over) {
            next.timeIsOver();
        }
    }

    /** An attempt has returned, and was claimed by who says so. */
    void returned(T value) {
        result = value;
        follow(() -> call.returned(value));
    }

    /** If the step was claimed already, its claimer comes here after it has put the next one in force. */
    void endIfDone() {
        dismissIfDone();
        Step current = step;
        if (isDone() && current != null && current.claim()) {
            call.retry().offTimer().run(() -> {
                current.abandon();
                call.cancelled();
            });
        }
    }
}
