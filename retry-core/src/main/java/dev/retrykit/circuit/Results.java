package dev.retrykit.circuit;

import dev.retrykit.window.SlidingWindow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The results of a closed circuit's window: how many, how many failed, how many were slow, how many failed in a row. */
final class Results {

    private static final int SLOW = 1;
    private static final int FAILED = 2;
    private static final int KINDS = 4;
    private static final int COUNT_SLICES = 20;
    private static final int TIME_SLICES = 10;
    private static final long UNSETTLED = -1;

    private final CircuitPolicy policy;
    private final SlidingWindow window;
    private final @Nullable AtomicLong sequence;
    private final AtomicInteger streak;

    /** The slice of the last look at the rates, if enough calls were there: within it a quick success only lowers them. */
    private volatile long settledSlice = UNSETTLED;

    Results(CircuitPolicy policy, long nowNanos) {
        this(
                policy,
                policy.isCounted()
                        ? new SlidingWindow(KINDS, policy.countWindow(), COUNT_SLICES, 0)
                        : new SlidingWindow(KINDS, policy.timeWindow().toNanos(), TIME_SLICES, nowNanos),
                policy.isCounted() ? new AtomicLong() : null,
                new AtomicInteger());
    }

    private Results(CircuitPolicy policy, SlidingWindow window, @Nullable AtomicLong sequence, AtomicInteger streak) {
        this.policy = policy;
        this.window = window;
        this.sequence = sequence;
        this.streak = streak;
    }

    /**
     * The same results under other settings: what the new window's size reaches into goes on counting. What a window of
     * the other type held means nothing to the new one, which begins empty.
     */
    Results with(CircuitPolicy other, long nowNanos) {
        if (other.isCounted() != policy.isCounted()) {
            return new Results(other, nowNanos);
        }
        if (other.countWindow() == policy.countWindow() && other.timeWindow().equals(policy.timeWindow())) {
            return new Results(other, window, sequence, streak);
        }
        SlidingWindow resized = sequence == null
                ? window.resized(other.timeWindow().toNanos(), TIME_SLICES, nowNanos)
                : window.resized(other.countWindow(), COUNT_SLICES, sequence.get());
        return new Results(other, resized, sequence, streak);
    }

    /** Counts a result and tells whether the circuit should open now. */
    boolean add(boolean failed, boolean slow, boolean streaks, long nowNanos) {
        window.add((failed ? FAILED : 0) + (slow ? SLOW : 0), position(nowNanos));
        if (isStreak(failed, streaks)) {
            return true;
        }
        return (failed || slow || window.slice() != settledSlice) && opens();
    }

    private boolean opens() {
        long slice = window.slice();
        Tally tally = tally();
        long settled = tally.calls() >= policy.minimumCalls() ? slice : UNSETTLED;
        if (settled != settledSlice) {
            settledSlice = settled;
        }
        return tally.opens(policy);
    }

    /** The window's sums now. */
    Tally tally(long nowNanos) {
        if (sequence == null) {
            window.slideTo(nowNanos);
        }
        return tally();
    }

    private Tally tally() {
        long failedFast = window.count(FAILED);
        long failedSlow = window.count(FAILED + SLOW);
        long slow = window.count(SLOW);
        return new Tally(window.count(0) + slow + failedFast + failedSlow, failedFast + failedSlow, slow + failedSlow);
    }

    private long position(long nowNanos) {
        return sequence == null ? nowNanos : sequence.getAndIncrement();
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
