package dev.retrykit.internal.circuit;

import dev.retrykit.failure.Signal;
import dev.retrykit.internal.circuit.Slack.Limits;
import dev.retrykit.internal.circuit.Window.Seen;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** The results of a closed circuit: its window, the number of consecutive failures, and the hung calls. */
public final class ClosedWindow {

    private static final AtomicReferenceFieldUpdater<ClosedWindow, Slack> SLACK =
            AtomicReferenceFieldUpdater.newUpdater(ClosedWindow.class, Slack.class, "slack");

    private static final long UNSETTLED = Long.MIN_VALUE;

    /**
     * Minimum percentage if the window alone holds too few calls: over a long time, random failures reach any lower
     * rate.
     */
    private static final double RATE_OF_FEW = 90;

    private static final Window.Reading<Seen> NEAR = (calls, failures, slow) -> new Seen(calls, failures, slow, false);

    private final Thresholds thresholds;
    private final Window window;

    /** Consecutive failures; null if there is no limit for them. */
    private final @Nullable AtomicInteger streak;

    private final Evidence evidence;

    /** Null if admissions are not counted. */
    private final @Nullable HungCalls hanging;

    private final Window.Reading<Look> lookNear = (calls, failures, slow) -> look(calls, failures, slow, 0);

    private volatile Slack slack = Slack.NONE;

    /**
     * The slice of the last check of the rates, if none was reached: within that slice a fast success can only lower
     * them.
     */
    private volatile long settledSlice = UNSETTLED;

    public ClosedWindow(Thresholds thresholds, long nowNanos) {
        this(
                thresholds,
                Window.of(thresholds, nowNanos),
                streak(thresholds, null),
                new Evidence(nowNanos),
                watches(thresholds) ? new HungCalls(thresholds.slowNanos(), 0, nowNanos) : null);
    }

    private ClosedWindow(
            Thresholds thresholds,
            Window window,
            @Nullable AtomicInteger streak,
            Evidence evidence,
            @Nullable HungCalls hanging) {
        this.thresholds = thresholds;
        this.window = window;
        this.streak = streak;
        this.evidence = evidence;
        this.hanging = hanging;
    }

    /** Whether admissions are counted. */
    public boolean watchesAdmissions() {
        return hanging != null;
    }

    private static boolean watches(Thresholds thresholds) {
        return thresholds.countsSlowCalls() && !thresholds.isCounted();
    }

    /**
     * Returns the same results under other settings. Results that the new window's size covers still count. Results of
     * a window of the other type have no meaning for the new one, which starts empty.
     */
    public ClosedWindow with(Thresholds other, long nowNanos) {
        Window kept = window.with(other, nowNanos);
        AtomicInteger known = streak(other, other.isCounted() == thresholds.isCounted() ? streak : null);
        return new ClosedWindow(other, kept, known, evidence, watches(other) ? hanging(other, kept, nowNanos) : null);
    }

    private static @Nullable AtomicInteger streak(Thresholds thresholds, @Nullable AtomicInteger known) {
        return thresholds.consecutiveFailures() == 0 ? null : known == null ? new AtomicInteger() : known;
    }

    private HungCalls hanging(Thresholds other, Window kept, long nowNanos) {
        HungCalls calls = hanging;
        if (calls == null) {
            return new HungCalls(other.slowNanos(), kept.total(), nowNanos);
        }
        return other.slowNanos() == thresholds.slowNanos() ? calls : calls.with(other.slowNanos(), nowNanos);
    }

    /**
     * Admits a call.
     *
     * @return the reason to open the circuit now, because too many calls hang, which counts as slow; null if there is
     *     none
     */
    public @Nullable CallCounts admit(long nowNanos) {
        HungCalls calls = hanging;
        if (calls == null || !calls.admit(nowNanos)) {
            return null;
        }
        long many = calls.count(window.total());
        window.slideTo(nowNanos);
        if (many == 0) {
            return null;
        }
        Seen seen = window.reach((int) Math.max(0, thresholds.minimumCalls() - many))
                .withSlow(many);
        return look(seen) == Look.REACHED ? seen.tally() : null;
    }

    private Look look(Seen seen) {
        return look(seen.calls(), seen.failures(), seen.slowCalls(), seen.isLong() ? RATE_OF_FEW : 0);
    }

    private Look look(long calls, long failures, long slowCalls, double least) {
        if (calls < thresholds.minimumCalls()) {
            return Look.TOO_FEW;
        }
        if (thresholds.isReached(failures, slowCalls, calls, least)) {
            return Look.REACHED;
        }
        return least == 0 ? Look.FINE : Look.TOO_FEW;
    }

    /** The result of a check of the rates. */
    private enum Look {
        TOO_FEW,
        FINE,
        REACHED
    }

    /** A call has ended without a result to count. */
    public void endUncounted() {
        if (hanging != null) {
            hanging.endUncounted();
        }
    }

    /**
     * A call that was admitted under other settings has ended. If it was not watched then, it is not counted as ended.
     */
    public void endOf(@Nullable ClosedWindow admitted) {
        if (hanging != null && (admitted == null || !hanging.hasSameCallsAs(admitted.hanging))) {
            hanging.endOfOther();
        }
    }

    /** Counts a result; returns whether the circuit should open now. */
    public boolean add(Signal signal, boolean slow, long startedNanos, long nowNanos) {
        if (signal.isFailure() || slow && thresholds.countsSlowCalls()) {
            return addBad(signal, slow, startedNanos, nowNanos);
        }
        window.add(false, slow, nowNanos);
        boolean inARow = isStreak(signal);
        return window.slice() != settledSlice && opens(window.slice(), window.read(lookNear), nowNanos) || inARow;
    }

    private boolean addBad(Signal signal, boolean slow, long startedNanos, long nowNanos) {
        window.slideTo(nowNanos);
        Slack known = slack;
        boolean covered = known.covers(window);
        if (covered && known.isFew()) {
            evidence.beginAnew(startedNanos);
        } else if (!covered && !thresholds.isCounted()) {
            consider(startedNanos);
        }
        window.add(signal.isFailure(), slow, nowNanos);
        boolean inARow = isStreak(signal);
        return !covered && reachesRate(nowNanos) || inARow;
    }

    /**
     * Runs before the call is counted: of two calls that end together, at least one then finds that there was none
     * before.
     */
    private void consider(long startedNanos) {
        Seen before = window.reach(thresholds.minimumCalls());
        evidence.consider(before, before.isLong() ? window.read(NEAR) : before, thresholds, startedNanos);
    }

    /**
     * Checks the rates, and records how much slack there is. During the check there is no slack, so results that are
     * added meanwhile are checked themselves.
     */
    private boolean reachesRate(long nowNanos) {
        Slack none = Slack.none();
        slack = none;
        long slice = window.slice();
        long notFailed = window.others(false);
        long notSlow = window.others(true);
        Seen seen = window.reach(thresholds.minimumCalls());
        Limits limits = thresholds.isCounted()
                ? Limits.counted(seen, thresholds)
                : Limits.timed(seen, notFailed, notSlow, thresholds);
        if (limits.bad() > 0) {
            SLACK.compareAndSet(this, none, Slack.of(slice, limits));
        }
        return opens(slice, look(seen), nowNanos);
    }

    private boolean opens(long slice, Look look, long nowNanos) {
        long settled = look == Look.FINE ? slice : UNSETTLED;
        if (settled != settledSlice) {
            settledSlice = settled;
        }
        return look == Look.REACHED && (thresholds.isCounted() || evidence.suffices(nowNanos));
    }

    /** The sums of the window now or, if these are below the minimum calls, of the longer time that it reaches back. */
    public CallCounts tally(long nowNanos) {
        window.slideTo(nowNanos);
        return window.reach(thresholds.minimumCalls()).tally();
    }

    private boolean isStreak(Signal signal) {
        AtomicInteger inARow = streak;
        if (inARow == null) {
            return false;
        }
        if (signal.isSuccess() && inARow.get() != 0) {
            inARow.set(0);
        }
        return signal == Signal.FAILURE && inARow.incrementAndGet() >= thresholds.consecutiveFailures();
    }
}
