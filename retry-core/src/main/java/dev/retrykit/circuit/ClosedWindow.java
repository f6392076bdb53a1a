package dev.retrykit.circuit;

import dev.retrykit.circuit.Slack.Limits;
import dev.retrykit.circuit.Window.Seen;
import dev.retrykit.failure.Signal;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** The results of a closed circuit: those of its window, how many failed in a row, and which calls hang. */
final class ClosedWindow {

    private static final AtomicReferenceFieldUpdater<ClosedWindow, Slack> SLACK =
            AtomicReferenceFieldUpdater.newUpdater(ClosedWindow.class, Slack.class, "slack");

    private static final long UNSETTLED = Long.MIN_VALUE;

    /** Percent that must be bad where the window alone holds too few calls: chance reaches any other rate in time. */
    private static final double RATE_OF_FEW = 90;

    private static final Window.Reading<Seen> NEAR = (calls, failures, slow) -> new Seen(calls, failures, slow, false);

    private final CircuitPolicy policy;
    private final Window window;

    /** Failures in a row; null if the policy sets no limit for them. */
    private final @Nullable AtomicInteger streak;

    private final Evidence evidence;

    /** Null where no calls that come in are counted. */
    final @Nullable HungCalls hanging;

    private final Window.Reading<Look> lookNear = (calls, failures, slow) -> look(calls, failures, slow, 0);

    private volatile Slack slack = Slack.NONE;

    /** The slice of the last look at the rates, if none was reached: within it a quick success only lowers them. */
    private volatile long settledSlice = UNSETTLED;

    ClosedWindow(CircuitPolicy policy, long nowNanos) {
        this(
                policy,
                Window.of(policy, nowNanos),
                streak(policy, null),
                new Evidence(nowNanos),
                watches(policy) ? new HungCalls(policy.slowNanos, 0, nowNanos) : null);
    }

    private ClosedWindow(
            CircuitPolicy policy,
            Window window,
            @Nullable AtomicInteger streak,
            Evidence evidence,
            @Nullable HungCalls hanging) {
        this.policy = policy;
        this.window = window;
        this.streak = streak;
        this.evidence = evidence;
        this.hanging = hanging;
    }

    private static boolean watches(CircuitPolicy policy) {
        return policy.slowCallDuration() != null && !policy.isCounted();
    }

    /**
     * The same results under other settings: what the new window's size reaches into goes on counting. What a window of
     * the other type held means nothing to the new one, which begins empty.
     */
    ClosedWindow with(CircuitPolicy other, long nowNanos) {
        Window kept = window.with(other, nowNanos);
        AtomicInteger known = streak(other, other.isCounted() == policy.isCounted() ? streak : null);
        return new ClosedWindow(other, kept, known, evidence, watches(other) ? hanging(other, kept, nowNanos) : null);
    }

    private static @Nullable AtomicInteger streak(CircuitPolicy policy, @Nullable AtomicInteger known) {
        return policy.consecutiveFailures() == 0 ? null : known == null ? new AtomicInteger() : known;
    }

    private HungCalls hanging(CircuitPolicy other, Window kept, long nowNanos) {
        HungCalls calls = hanging;
        if (calls == null) {
            return new HungCalls(other.slowNanos, kept.total(), nowNanos);
        }
        return other.slowNanos == policy.slowNanos ? calls : calls.with(other.slowNanos, nowNanos);
    }

    /**
     * A call comes in.
     *
     * @return why the circuit should open now, since so many hang, which count as slow; null if it shouldn't
     */
    @Nullable
    CallCounts admit(long nowNanos) {
        HungCalls calls = hanging;
        if (calls == null || !calls.admit(nowNanos)) {
            return null;
        }
        long many = calls.count(window.total());
        window.slideTo(nowNanos);
        if (many == 0) {
            return null;
        }
        Seen seen =
                window.reach((int) Math.max(0, policy.minimumCalls() - many)).withSlow(many);
        return look(seen) == Look.REACHED ? seen.tally() : null;
    }

    private Look look(Seen seen) {
        return look(seen.calls(), seen.failures(), seen.slowCalls(), seen.isLong() ? RATE_OF_FEW : 0);
    }

    private Look look(long calls, long failures, long slowCalls, double least) {
        if (calls < policy.minimumCalls()) {
            return Look.TOO_FEW;
        }
        if (policy.isReached(failures, slowCalls, calls, least)) {
            return Look.REACHED;
        }
        return least == 0 ? Look.FINE : Look.TOO_FEW;
    }

    /** What a look at the rates tells. */
    private enum Look {
        TOO_FEW,
        FINE,
        REACHED
    }

    /** A call has ended with nothing to count. */
    void endUncounted() {
        if (hanging != null) {
            hanging.endUncounted();
        }
    }

    /** A call has ended that was admitted under other settings. If it wasn't watched then, it isn't counted as ended. */
    void endOf(@Nullable ClosedWindow admitted) {
        if (hanging != null && (admitted == null || !hanging.hasSameCallsAs(admitted.hanging))) {
            hanging.endOfOther();
        }
    }

    /** Counts a result and tells whether the circuit should open now. */
    boolean add(Signal signal, boolean slow, long startedNanos, long nowNanos) {
        if (signal.isFailure() || slow && policy.slowCallDuration() != null) {
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
        } else if (!covered && !policy.isCounted()) {
            consider(startedNanos);
        }
        window.add(signal.isFailure(), slow, nowNanos);
        boolean inARow = isStreak(signal);
        return !covered && reachesRate(nowNanos) || inARow;
    }

    /** Before the call is counted: of two that end together at least one then finds that there was none before. */
    private void consider(long startedNanos) {
        Seen before = window.reach(policy.minimumCalls());
        evidence.consider(before, before.isLong() ? window.read(NEAR) : before, policy, startedNanos);
    }

    /**
     * Looks at the rates, and notes how much slack there is. While it looks there is none: the results that are added meanwhile
     * get looks of their own.
     */
    private boolean reachesRate(long nowNanos) {
        Slack none = Slack.none();
        slack = none;
        long slice = window.slice();
        long notFailed = window.others(false);
        long notSlow = window.others(true);
        Seen seen = window.reach(policy.minimumCalls());
        Limits limits =
                policy.isCounted() ? Limits.counted(seen, policy) : Limits.timed(seen, notFailed, notSlow, policy);
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
        return look == Look.REACHED && (policy.isCounted() || evidence.suffices(nowNanos));
    }

    /** The window's sums now or, where these are fewer than the minimum, those of the time that it reaches back. */
    CallCounts tally(long nowNanos) {
        window.slideTo(nowNanos);
        return window.reach(policy.minimumCalls()).tally();
    }

    private boolean isStreak(Signal signal) {
        AtomicInteger inARow = streak;
        if (inARow == null) {
            return false;
        }
        if (signal.isSuccess() && inARow.get() != 0) {
            inARow.set(0);
        }
        return signal == Signal.FAILURE && inARow.incrementAndGet() >= policy.consecutiveFailures();
    }
}
