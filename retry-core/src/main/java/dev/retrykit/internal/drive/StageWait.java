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
 * What an asynchronous call waits for: one thing at a time, with one time at which that is over. So the call is itself the
 * entry in the timer.
 *
 * <p>Whoever claims the wait (the stage, the timer, the executor, the caller who cancels, a shutdown) alone decides what
 * follows: it arms the timer first, and then publishes what the call waits for next.
 */
abstract class StageWait extends TimerEntry implements Runnable, Shutdown.Waiter, TimerOffload.Waiting {

    private static final long serialVersionUID = 1;

    /**
     * How long at least a call waits for a thread of the executor, so that one whose time is over already gets a thread if
     * there is one.
     */
    private static final long LEAST_NANOS = 1_000_000_000;

    private static final AtomicIntegerFieldUpdater<StageWait> STATE =
            AtomicIntegerFieldUpdater.newUpdater(StageWait.class, "state");

    /** What has happened, by which the call decides what follows. */
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

    /** What is armed instead, where the clock isn't the system's. Of whoever has claimed the call. */
    private transient @Nullable ScheduledWait scheduled;

    StageWait(RetryCall call) {
        this.call = call;
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

    /** Abandons the attempt, if there is one, and does what follows from an event. By whoever has claimed the call. */
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

    /** Between the two claimed phases. */
    final void setQueued(boolean queued) {
        STATE.addAndGet(this, queued ? AsyncPhase.QUEUED.ordinal() : -AsyncPhase.QUEUED.ordinal());
    }

    /** Lets others claim the call. If its time was over before, that is seen to now. */
    final int publish(AsyncPhase phase) {
        int published = phase.after(state);
        if (AsyncPhase.isDue(STATE.getAndSet(this, published))) {
            timeIsOver();
        }
        return published;
    }

    /** Lets a shutdown that came before end the wait that has been published. */
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

    /** Lets the timer tell when the time is over, in place of the time before. What the timer throws, or null. */
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

    /** Leaves nothing on the timer. By whoever has claimed the call, or once its future is done. */
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

    /** On the system's timer. */
    @Override
    protected final void fire() {
        timeIsOver();
    }

    /**
     * On the timer. If the call is claimed just now, whoever publishes its next wait comes here again, since that may have the
     * same time, for which the timer isn't armed again.
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

    /** Waits for a thread of the executor, which may be slow to come and may never come. */
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

    /** There has been no thread of the executor until the time was over. A shutdown still finds it. */
    private void giveUpWaiting(AsyncPhase phase) {
        tryArm(time().nanoTime() + Nanos.UNLIMITED);
        publish(phase);
        offTimer().run(this);
    }

    /** Gives what waits for a thread to the executor, which may block this thread. */
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

    /** On a thread of the executor, or on one of the retry's own once there was none for long enough. */
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
            // it goes on all the same
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

    /** For an executor's messages: it is the task that executors get. */
    @Override
    public final String toString() {
        return "call of " + call.retry() + ", " + AsyncPhase.of(state);
    }
}
