package dev.retrykit.internal.drive;

import dev.retrykit.event.DelaySource;
import dev.retrykit.function.ThrowingCallable;
import dev.retrykit.internal.decision.Decision;
import dev.retrykit.internal.decision.Decision.RetryIn;
import dev.retrykit.internal.decision.Decision.Stop;
import dev.retrykit.internal.decision.SuppressedFailures;
import dev.retrykit.internal.engine.CallFrame;
import dev.retrykit.internal.engine.RetryCall;
import dev.retrykit.internal.engine.RetryEngine;
import dev.retrykit.internal.stage.OwnedFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts that return stages, and holds no thread between them: the first attempt runs on the caller's thread,
 * the others on the executor. One thread at a time uses the call: the one that has claimed the wait.
 */
public final class StageDriver<T extends @Nullable Object> extends StageWait {

    private static final long serialVersionUID = 1;

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<StageDriver, Thread> TURN =
            AtomicReferenceFieldUpdater.newUpdater(StageDriver.class, Thread.class, "turn");

    private final transient ThrowingCallable<? extends CompletionStage<T>, ?> body;
    private final transient OwnedFuture<T> future = new OwnedFuture<>() {
        @Override
        protected void endedByOwner() {
            endIfDone();
        }
    };

    /**
     * The thread that currently does what follows, if there is one. Overwritten by another thread that has claimed the
     * call.
     */
    private transient volatile @Nullable Thread turn;

    // owned by the thread that has claimed the call
    private Event event = Event.MAY_BEGIN;

    /** The value or the failure of the last attempt. */
    private transient @Nullable Object outcome;

    private transient @Nullable StageAttempt<T> attempt;

    private StageDriver(RetryCall call, ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        super(call);
        this.body = body;
    }

    public static <T extends @Nullable Object> CompletableFuture<T> call(
            RetryEngine retry, ThrowingCallable<? extends CompletionStage<T>, ?> body) {
        RetryCall call =
                RetryCall.begin(retry, CallFrame.current(), retry.time().nanoTime());
        StageDriver<T> driver = new StageDriver<>(call, body);
        driver.follow(Event.MAY_BEGIN);
        return driver.future;
    }

    /**
     * Does what follows from an event; called by the thread that has claimed the call. Events that this causes on the
     * same thread, as with a timer or an executor that runs tasks immediately, are handled afterwards, so the stack
     * does not grow.
     */
    private void follow(Event first) {
        Thread thread = Thread.currentThread();
        event = first;
        if (turn == thread) {
            setQueued(true);
            return;
        }
        try {
            turn = thread;
            do {
                doNext();
            } while (takesQueued(thread));
            TURN.compareAndSet(this, thread, null);
        } catch (Throwable broken) {
            turn = null;
            throw broken;
        }
    }

    /** Reads the state first: what another thread has queued belongs to that thread's turn. */
    private boolean takesQueued(Thread thread) {
        boolean takes = AsyncPhase.of(state()) == AsyncPhase.QUEUED && turn == thread;
        if (takes) {
            setQueued(false);
        }
        return takes;
    }

    /** The caller's stage completes in all cases. */
    private void doNext() {
        try {
            Decision decision = decide();
            if (decision instanceof Stop) {
                finish();
                disarm();
            } else if (decision instanceof RetryIn retryIn) {
                delay(retryIn);
            } else {
                begin();
            }
        } catch (Throwable broken) {
            finishBroken(broken);
        }
        endIfDone();
    }

    private Decision decide() {
        return switch (event) {
            case MAY_BEGIN -> future.isDone() ? call.cancelled() : mayBegin();
            case RETURNED -> call.returned(outcome);
            case FAILED -> call.failed(failure());
            case TIME_UP -> call.timeUp();
            case CANCELLED -> call.cancelled();
        };
    }

    /** The first attempt starts with the call, unless foreign code has run since. */
    private Decision mayBegin() {
        boolean atOnce = AsyncPhase.isFirst(state()) && call.retry().carrier() == null;
        return atOnce ? call.next(call.startedNanos()) : call.next();
    }

    private Throwable failure() {
        return outcome instanceof Throwable failure ? failure : new IllegalStateException("no failure");
    }

    /** After a failure, a backoff starts at the end of the attempt. A Retry-After may count from now. */
    private void delay(RetryIn retryIn) {
        boolean ended = event != Event.MAY_BEGIN && retryIn.source() == DelaySource.BACKOFF;
        long from = ended ? call.sinceNanos() : time().nanoTime();
        if (tryArm(from + retryIn.delayNanos()) == null) {
            publish(AsyncPhase.DELAY);
            askForShutdown();
        } else {
            follow(Event.CANCELLED);
        }
    }

    /**
     * The time limit of a retry is active while its body runs: a body that blocks must not delay the caller's stage.
     */
    private void begin() {
        Throwable refusal = AsyncPhase.isFirst(state()) ? null : tryArm(call.attemptDeadlineNanos());
        if (refusal != null) {
            outcome = refusal;
            follow(Event.FAILED);
            return;
        }
        StageAttempt<T> begun = new StageAttempt<>(this);
        attempt = begun;
        begun.state = publish(AsyncPhase.RUNNING);
        if (isIn(begun.state)) {
            begun.begin(body);
        }
    }

    /**
     * If something ends the attempt while its body runs, for example because this thread advances its clock, nothing
     * waits for the body.
     */
    @Nullable
    CompletionStage<T> run(ThrowingCallable<? extends CompletionStage<T>, ?> attemptBody) throws Throwable {
        Thread thread = Thread.currentThread();
        TURN.compareAndSet(this, thread, null);
        try {
            return call.run(CallFrame.current(), attemptBody, ThrowingCallable::call);
        } finally {
            TURN.compareAndSet(this, null, thread);
        }
    }

    /** The body has returned an incomplete stage. */
    void await(StageAttempt<T> running) {
        if (claim(running.state)) {
            Throwable refusal = tryArm(call.attemptDeadlineNanos());
            running.state = publish(AsyncPhase.RUNNING);
            if (refusal != null) {
                SneakyThrow.<RuntimeException>rethrow(refusal);
            }
        }
        askForShutdown();
    }

    /** An attempt has returned; ignored unless the call still waits for it. */
    void returned(int seen, T value) {
        end(seen, value, Event.RETURNED);
    }

    /** An attempt has failed; ignored unless the call still waits for it. */
    void failed(int seen, Throwable failure) {
        end(seen, failure, Event.FAILED);
    }

    /**
     * If what follows fails, as on a full stack, the call waits for the end of its time. This is done by plain
     * assignments in this frame.
     */
    private void end(int seen, @Nullable Object newOutcome, Event ending) {
        if (claim(seen)) {
            try {
                attempt = null;
                outcome = newOutcome;
                follow(ending);
            } catch (Throwable broken) {
                int left = state;
                if ((left & AsyncPhase.PHASE) < AsyncPhase.RUNNING_BITS) {
                    state = left & -AsyncPhase.DUE | AsyncPhase.RUNNING_BITS;
                }
                throw broken;
            }
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // a result is a T
    private void finish() {
        if (call.hasResult()) {
            future.succeed((T) outcome);
        } else {
            future.fail(call.failure());
        }
    }

    private void finishBroken(Throwable broken) {
        Throwable last = call.lastFailure();
        if (call.hasResult()) {
            finish();
        } else if (last == null) {
            future.fail(broken);
        } else {
            SuppressedFailures.addOnce(last, broken);
            future.fail(last);
        }
        disarm();
    }

    @Override
    void goOn(Event next) {
        abandonAttempt();
        follow(next);
    }

    private void abandonAttempt() {
        StageAttempt<T> unwanted = attempt;
        attempt = null;
        if (unwanted != null) {
            unwanted.abandon();
        }
    }

    /** If the call is claimed, the thread that has claimed it calls this after it has published the next wait. */
    @Override
    void endIfDone() {
        int seen = state();
        if (AsyncPhase.of(seen).isWait() && future.isDone() && claim(seen)) {
            offTimer().run(() -> {
                disarm();
                abandonAttempt();
                call.cancelled();
            });
        }
    }
}
