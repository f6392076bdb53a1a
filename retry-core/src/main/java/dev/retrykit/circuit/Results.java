package dev.retrykit.circuit;

import java.util.concurrent.atomic.AtomicInteger;

/** The results of a closed circuit: those of its window, and how many failed in a row. */
final class Results implements Window.Reading<Results.Look> {

    private static final long UNSETTLED = Long.MIN_VALUE;

    private final CircuitPolicy policy;
    private final Window window;
    private final AtomicInteger streak;

    /** The slice of the last look at the rates, if enough calls were there: within it a quick success only lowers them. */
    private volatile long settledSlice = UNSETTLED;

    Results(CircuitPolicy policy, long nowNanos) {
        this(policy, Window.of(policy, nowNanos), new AtomicInteger());
    }

    private Results(CircuitPolicy policy, Window window, AtomicInteger streak) {
        this.policy = policy;
        this.window = window;
        this.streak = streak;
    }

    /**
     * The same results under other settings: what the new window's size reaches into goes on counting. What a window of
     * the other type held means nothing to the new one, which begins empty.
     */
    Results with(CircuitPolicy other, long nowNanos) {
        Window kept = window.with(other, nowNanos);
        return new Results(other, kept, other.isCounted() == policy.isCounted() ? streak : new AtomicInteger());
    }

    /** Counts a result and tells whether the circuit should open now. */
    boolean add(boolean failed, boolean slow, boolean streaks, long nowNanos) {
        window.add(failed, slow, nowNanos);
        if (isStreak(failed, streaks)) {
            return true;
        }
        return (failed || slow || window.slice() != settledSlice) && opens();
    }

    private boolean opens() {
        long slice = window.slice();
        Look look = window.read(this);
        long settled = look == Look.TOO_FEW ? UNSETTLED : slice;
        if (settled != settledSlice) {
            settledSlice = settled;
        }
        return look == Look.OPENS;
    }

    @Override
    public Look of(long calls, long failures, long slowCalls) {
        if (calls < policy.minimumCalls()) {
            return Look.TOO_FEW;
        }
        return policy.isReached(failures, slowCalls, calls) ? Look.OPENS : Look.FINE;
    }

    /** What a look at the rates tells. */
    enum Look {
        TOO_FEW,
        FINE,
        OPENS
    }

    /** The window's sums now. */
    Tally tally(long nowNanos) {
        window.slideTo(nowNanos);
        return window.tally();
    }

    /** Counted whether it matters or not: the settings may change. */
    private boolean isStreak(boolean failed, boolean streaks) {
        if (!failed) {
            if (streak.get() != 0) {
                streak.set(0);
            }
            return false;
        }
        int inARow = streaks ? streak.incrementAndGet() : 0;
        return policy.consecutiveFailures() > 0 && inARow >= policy.consecutiveFailures();
    }
}
