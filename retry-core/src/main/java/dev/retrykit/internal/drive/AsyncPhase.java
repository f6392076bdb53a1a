package dev.retrykit.internal.drive;

import dev.retrykit.internal.drive.StageWait.Event;

/**
 * The phase of an asynchronous call. Its state is a number: the phase, two bits, and how often the phase has changed. So a
 * thread that claims a wait claims the one that it has seen, and no later one.
 */
public enum AsyncPhase {

    /** One thread decides what follows, or the call has ended. */
    CLAIMED,

    /** A thread knows what follows, and does it when it returns from what it does now. */
    QUEUED,

    /** An attempt runs: its body, or the stage that it returned. */
    RUNNING,

    /** The delay before a retry. */
    DELAY,

    /** A retry waits for a thread. */
    RETRY,

    /** An attempt's time is up, and its end waits for a thread. */
    TIME_UP;

    /** In a claimed state: the time for which the call was armed may be over. */
    static final int DUE = 8;

    /** The timer has failed the call, which cannot be armed again. */
    static final int REFUSED = 16;

    /** The bits of the phase. */
    static final int PHASE = DUE - 1;

    /** The bits of {@link #RUNNING}, for code that cannot call a method, as after a stack overflow. */
    public static final int RUNNING_BITS = 2;

    private static final int VERSION = 32;
    private static final AsyncPhase[] PHASES = values();

    public static AsyncPhase of(int state) {
        return PHASES[state & PHASE];
    }

    static boolean isDue(int state) {
        return (state & DUE) != 0;
    }

    static boolean isRefused(int state) {
        return (state & REFUSED) != 0;
    }

    /** Whether it is the initial state of a call. */
    static boolean isFirst(int state) {
        return state < VERSION && state >= 0;
    }

    /** The state with this phase that follows the given one. */
    int after(int seen) {
        return (seen & -VERSION) + VERSION | seen & REFUSED | ordinal();
    }

    /** Whether other threads may claim the call. */
    boolean isWait() {
        return compareTo(RUNNING) >= 0;
    }

    /** Whether a retry comes next, which a shutdown does not wait for. */
    boolean isBeforeRetry() {
        return this == DELAY || this == RETRY;
    }

    /** The event when a thread is available for what waits for one. */
    Event onThread() {
        return this == RETRY ? Event.MAY_BEGIN : Event.TIME_UP;
    }

    /** The event when no thread will be available. */
    Event withoutThread() {
        return this == RETRY ? Event.CANCELLED : Event.TIME_UP;
    }

    /** Whether it waits for a thread of the executor. */
    boolean isHandover() {
        return this == RETRY || this == TIME_UP;
    }
}
