package dev.retrykit.internal.drive;

import dev.retrykit.event.ContextCarrier;
import dev.retrykit.internal.engine.RetryCall;
import dev.retrykit.internal.timer.Shutdown;
import dev.retrykit.internal.timer.Timer;
import dev.retrykit.internal.timer.TimerEntry;
import dev.retrykit.internal.timer.TimerOffload;
import dev.retrykit.time.Nanos;
import dev.retrykit.time.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The wait of an asynchronous call: for one thing at a time, with one time limit. So the call is itself the entry in the
 * timer.
 *
 * <p>The claimant of the wait (the stage, the timer, the executor, the cancelling caller, or a shutdown) alone decides
 * what follows: it first arms the timer, and then publishes what the call waits for next.
 */
abstract class StageWait extends TimerEntry implements Runnable, Shutdown.Waiter, TimerOffload.Waiting {

    private static final long serialVersionUID = 1;

    /**
     * The minimum time that a call waits for a thread of the executor, so that a call whose time is already over still
     * gets a thread if there is one.
     */
    private static final long LEAST_NANOS = 1_000_000_000;

    private static final AtomicIntegerFieldUpdater<StageWait> STATE =
            AtomicIntegerFieldUpdater.newUpdater(StageWait.class, "state");

    /** The event from which the call decides what follows. */
    enum Event {
        MAY_BEGIN,
        RETURNED,
        FAILED,
        TIME_UP,
        CANCELLED
    }

    final transient RetryCall call;

    private final transient @Nullable Executor context;

    /** See {@link AsyncPhase}. */
    volatile int state;

    /** Armed instead if the clock is not the system clock. Owned by the thread that has claimed the call. */
    private transient @Nullable ScheduledWait scheduled;

    StageWait(RetryCall call) {
        this.call = call;
        this.context = capture(call.retry().carrier());
    }

    /** Captures this thread's context; null if there is no carrier, or if it fails. */
    private static @Nullable Executor capture(@Nullable ContextCarrier carrier) {
        try {
            return carrier == null ? null : carrier.capture();
        } catch (Throwable notCaptured) {
            return null;
        }
    }

    /**
     * Abandons the running attempt, if there is one, and does what follows from an event. Called by the thread that has
     * claimed the call.
     */
    abstract void goOn(Event event);

    /** Ends the retries if the caller's future is done. */
    abstract void endIfDone();

    final boolean isIn(int seen) {
        return state == seen;
    }

    final int state() {
        return state;
    }

    final boolean claim(int seen) {
        return STATE.compareAndSet(this, seen, AsyncPhase.CLAIMED.after(seen));
    }

    /** Switches between the two claimed phases. */
    final void setQueued(boolean queued) {
        STATE.addAndGet(this, queued ? AsyncPhase.QUEUED.ordinal() : -AsyncPhase.QUEUED.ordinal());
    }

    /** Lets other threads claim the call. If its time was over before, that is handled now. */
    final int publish(AsyncPhase phase) {
        int published = phase.after(state);
        if (AsyncPhase.isDue(STATE.getAndSet(this, published))) {
            timeIsOver();
        }
        return published;
    }

    /** Lets a shutdown that came earlier end the published wait. */
    final void askForShutdown() {
        call.retry().shutdownOfCalls().ask(this);
    }

    @Override
    public final boolean isEndedBy(Shutdown shutdown) {
        return call.retry().shutdownOfCalls() == shutdown;
    }

    @Override
    public final void shutDown(boolean now) {
        int seen = state;
        AsyncPhase phase = AsyncPhase.of(seen);
        if (phase.isWait() && (now || phase.isBeforeRetry())) {
            goOn(seen, Event.CANCELLED);
        }
    }

    /** Arms the timer, replacing the earlier time. Returns what the timer throws, or null. */
    final @Nullable Throwable tryArm(long dueNanos) {
        try {
            arm(dueNanos);
            return null;
        } catch (Throwable refusal) {
            // plain assignments, as after a stack overflow; on another clock the next task is another object
            if (scheduled == null) {
                int seen = state;
                state = seen | AsyncPhase.REFUSED;
            }
            return refusal;
        }
    }

    private void arm(long dueNanos) {
        TimeSource time = time();
        if (AsyncPhase.isRefused(state)) {
            throw new IllegalStateException("the timer has failed this call before");
        } else if (time != TimeSource.system()) {
            schedule(time, dueNanos);
        } else {
            call.retry().shutdownOfCalls().addTimed();
            Timer.system().armAt(this, dueNanos);
        }
    }

    private void schedule(TimeSource time, long dueNanos) {
        ScheduledWait before = scheduled;
        if (before == null) {
            call.retry().shutdownOfCalls().add(this);
        } else if (before.isFor(dueNanos)) {
            return;
        } else {
            before.cancel();
        }
        ScheduledWait next = new ScheduledWait(time, this, dueNanos);
        scheduled = next;
        next.begin();
    }

    /**
     * Removes everything from the timer. Called by the thread that has claimed the call, or once its future is done.
     */
    final void disarm() {
        ScheduledWait pending = scheduled;
        if (pending != null) {
            pending.cancel();
            call.retry().shutdownOfCalls().remove(this);
        } else {
            Timer.system().cancel(this);
        }
    }

    private boolean isOver() {
        ScheduledWait pending = scheduled;
        return pending == null ? Timer.system().isDue(this) : pending.isOver();
    }

    /** Runs on the system timer. */
    @Override
    protected final void fire() {
        timeIsOver();
    }

    /**
     * Runs on the timer. If the call is claimed now, the thread that publishes its next wait calls this again, because
     * that wait may have the same time, for which the timer is not armed again.
     */
    final void timeIsOver() {
        boolean seenTo = false;
        while (!seenTo) {
            int seen = state;
            if (!AsyncPhase.of(seen).isWait()) {
                seenTo = STATE.compareAndSet(this, seen, seen | AsyncPhase.DUE);
            } else if (!isOver()) {
                seenTo = isIn(seen);
            } else if (claim(seen)) {
                end(AsyncPhase.of(seen));
                seenTo = true;
            }
        }
    }

    private void end(AsyncPhase phase) {
        switch (phase) {
            case DELAY -> handOver(AsyncPhase.RETRY);
            case RUNNING -> {
                if (call.isCut()) {
                    call.view().notes().abandon();
                }
                handOver(AsyncPhase.TIME_UP);
            }
            default -> giveUpWaiting(phase);
        }
    }

    /** Waits for a thread of the executor, which may come late or never. */
    private void handOver(AsyncPhase phase) {
        long now = time().nanoTime();
        boolean isShort = call.deadlineNanos() - now < LEAST_NANOS;
        if (tryArm(isShort ? now + LEAST_NANOS : call.deadlineNanos()) == null) {
            publish(phase);
            askForShutdown();
            offTimer().execute(this);
        } else {
            goOnOffTimer(phase.withoutThread());
        }
        endIfDone();
    }

    /** The executor had no thread until the time was over. A shutdown still finds the call. */
    private void giveUpWaiting(AsyncPhase phase) {
        tryArm(time().nanoTime() + Nanos.UNLIMITED);
        publish(phase);
        offTimer().run(this);
    }

    /** Passes the call to the executor, which may block this thread. */
    @Override
    public final void handTo(Executor executor) {
        int seen = state;
        if (AsyncPhase.of(seen).isHandover()) {
            try {
                executor.execute(this);
            } catch (Throwable notTaken) {
                goOn(seen, AsyncPhase.of(seen).withoutThread());
            }
        }
    }

    /** Runs on a thread of the executor, or on one of the retry's own threads if the executor had none for too long. */
    @Override
    public final void run() {
        int seen = state;
        if (AsyncPhase.of(seen).isHandover()) {
            Event event = AsyncPhase.of(seen).onThread();
            if (context != null) {
                inContext(context, () -> goOn(seen, event));
            }
            goOn(seen, event);
        }
    }

    private static void inContext(Executor context, Runnable task) {
        try {
            context.execute(task);
        } catch (Throwable notRestored) {
            // the call continues anyway
        }
    }

    private void goOn(int seen, Event event) {
        if (claim(seen)) {
            goOnOffTimer(event);
        }
    }

    private void goOnOffTimer(Event event) {
        if (Timer.isCurrentThread()) {
            offTimer().run(() -> goOn(event));
        } else {
            goOn(event);
        }
    }

    final TimerOffload offTimer() {
        return call.retry().offTimer();
    }

    final TimeSource time() {
        return call.retry().time();
    }

    /** For messages of executors, which get this object as a task. */
    @Override
    public final String toString() {
        return "call of " + call.retry() + ", " + AsyncPhase.of(state);
    }
}
