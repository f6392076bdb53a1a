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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Runs attempts that return stages, and holds no thread between them: the first on the caller's thread, the others on
 * the executor. The call is used by one thread at a time: by the one that has claimed the wait.
 */
public final class StageDriver<T extends @Nullable Object> extends StageWait {

    private static final long serialVersionUID = 1;

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<StageDriver, Thread> TURN =
            AtomicReferenceFieldUpdater.newUpdater(StageDriver.class, Thread.class, "turn");

    private final transient ThrowingCallable<? extends CompletionStage<T>, ?> body;
    private final transient RetryFuture<T> future = new RetryFuture<>(this);

    /** The thread that does what follows, if there is one just now. Written over by another one that has claimed the call. */
    private transient volatile @Nullable Thread turn;

    // of whoever has claimed the call
    private Event event = Event.MAY_BEGIN;

    /** What an attempt returned last, or its failure. */
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
     * Does what follows from an event, by whoever has claimed the call. What follows from that on the same thread, as where
     * a timer or an executor does things at once, is done after it: the stack doesn't grow.
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

    /** The state first: what another thread has queued is of that thread's turn. */
    private boolean takesQueued(Thread thread) {
        boolean takes = AsyncPhase.of(state()) == AsyncPhase.QUEUED && turn == thread;
        if (takes) {
            setQueued(false);
        }
        return takes;
    }

    /** Whatever goes wrong on the way, the caller's stage completes. */
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

    /** A call's first attempt begins with the call, unless code of others has run since. */
    private Decision mayBegin() {
        boolean atOnce = AsyncPhase.isFirst(state()) && call.retry().carrier() == null;
        return atOnce ? call.next(call.startedNanos()) : call.next();
    }

    private Throwable failure() {
        return outcome instanceof Throwable failure ? failure : new IllegalStateException("no failure");
    }

    /** After a failure a backoff begins with the end of the attempt. What a peer asks for may count from now. */
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

    /** A retry's time runs while its body does: a body that blocks must not hold up the caller's stage. */
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

    /** What ends the attempt while its body runs, as on a clock that is moved on by this thread, doesn't wait for the body. */
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

    /** The body has returned a stage that isn't complete. */
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

    /** An attempt has returned, if the call still waits for it. */
    void returned(int seen, T value) {
        end(seen, value, Event.RETURNED);
    }

    /** An attempt has failed, if the call still waits for it. */
    void failed(int seen, Throwable failure) {
        end(seen, failure, Event.FAILED);
    }

    /** If what follows fails, as on a full stack, the call waits for the end of its time: by plain assignments in this frame. */
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

    /** If the call is claimed, whoever has claimed it comes here after it has published the next wait. */
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
