package dev.retrykit.circuit;

import dev.retrykit.failure.Signal;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The results of a closed circuit: those of its window, how many failed in a row, and which calls hang. */
final class Results {

    private static final long UNSETTLED = Long.MIN_VALUE;

    /** Percent that must be bad where the window alone holds too few calls: chance reaches any other rate in time. */
    private static final double RATE_OF_FEW = 90;

    private static final Window.Reading<Tally> TALLY = Tally::new;

    private final CircuitPolicy policy;
    private final Window window;
    private final AtomicInteger streak;
    private final Evidence evidence;

    /** Null where no calls that come in are counted. */
    final @Nullable Hanging hanging;

    private final Window.Reading<Look> look = this::look;
    private final Window.Reading<Look> lookBack = this::lookBack;

    /** The slice of the last look at the rates, if none was reached: within it a quick success only lowers them. */
    private volatile long settledSlice = UNSETTLED;

    Results(CircuitPolicy policy, long nowNanos) {
        this(
                policy,
                Window.of(policy, nowNanos),
                new AtomicInteger(),
                new Evidence(nowNanos),
                watches(policy) ? new Hanging(policy.slowNanos, 0, nowNanos) : null);
    }

    private Results(
            CircuitPolicy policy, Window window, AtomicInteger streak, Evidence evidence, @Nullable Hanging hanging) {
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
    Results with(CircuitPolicy other, long nowNanos) {
        Window kept = window.with(other, nowNanos);
        AtomicInteger known = other.isCounted() == policy.isCounted() ? streak : new AtomicInteger();
        return new Results(other, kept, known, evidence, watches(other) ? hanging(other, kept, nowNanos) : null);
    }

    private Hanging hanging(CircuitPolicy other, Window kept, long nowNanos) {
        Hanging calls = hanging;
        if (calls == null) {
            return new Hanging(other.slowNanos, kept.total(), nowNanos);
        }
        return other.slowNanos == policy.slowNanos ? calls : calls.with(other.slowNanos, nowNanos);
    }

    /**
     * A call comes in.
     *
     * @return why the circuit should open now, since so many hang, which count as slow; null if it shouldn't
     */
    @Nullable
    Tally admit(long nowNanos) {
        Hanging calls = hanging;
        if (calls == null || !calls.admit(nowNanos)) {
            return null;
        }
        long many = calls.count(window.total());
        window.slideTo(nowNanos);
        return many == 0
                ? null
                : window.reach(
                        (int) Math.max(0, policy.minimumCalls() - many),
                        (all, failures, slow) -> reached(all + many, failures, slow + many, 0),
                        (all, failures, slow) -> reached(all + many, failures, slow + many, RATE_OF_FEW));
    }

    private @Nullable Tally reached(long calls, long failures, long slowCalls, double least) {
        return isReached(calls, failures, slowCalls, least) ? new Tally(calls, failures, slowCalls) : null;
    }

    private boolean isReached(long calls, long failures, long slowCalls, double least) {
        return calls >= policy.minimumCalls() && policy.isReached(failures, slowCalls, calls, least);
    }

    /** A call has ended with nothing to count. */
    void endUncounted() {
        if (hanging != null) {
            hanging.endUncounted();
        }
    }

    /** A call has ended that was let in under other settings: if it wasn't watched then, it isn't missed now. */
    void endOf(@Nullable Results admitted) {
        if (hanging != null && (admitted == null || !hanging.hasSameCallsAs(admitted.hanging))) {
            hanging.endOfOther();
        }
    }

    /** Counts a result and tells whether the circuit should open now. */
    boolean add(Signal signal, boolean slow, long startedNanos, long nowNanos) {
        boolean failed = signal.isFailure();
        boolean bad = failed || slow && policy.slowCallDuration() != null;
        if (bad && !policy.isCounted()) {
            window.slideTo(nowNanos);
            evidence.consider(window, policy, startedNanos);
        }
        window.add(failed, slow, nowNanos);
        if (isStreak(signal)) {
            return true;
        }
        return (bad || window.slice() != settledSlice) && opens(bad, nowNanos);
    }

    private boolean opens(boolean bad, long nowNanos) {
        long slice = window.slice();
        Look now = bad ? window.reach(policy.minimumCalls(), look, lookBack) : window.read(look);
        long settled = now == Look.FINE ? slice : UNSETTLED;
        if (settled != settledSlice) {
            settledSlice = settled;
        }
        return now == Look.OPENS && (policy.isCounted() || evidence.suffices(nowNanos));
    }

    private Look look(long calls, long failures, long slowCalls) {
        if (calls < policy.minimumCalls()) {
            return Look.TOO_FEW;
        }
        return policy.isReached(failures, slowCalls, calls, 0) ? Look.OPENS : Look.FINE;
    }

    private Look lookBack(long calls, long failures, long slowCalls) {
        boolean opens = isReached(calls, failures, slowCalls, RATE_OF_FEW);
        return opens ? Look.OPENS : Look.TOO_FEW;
    }

    /** What a look at the rates tells. */
    private enum Look {
        TOO_FEW,
        FINE,
        OPENS
    }

    /** The window's sums now or, where these are fewer than the minimum, those of the time that it reaches back. */
    Tally tally(long nowNanos) {
        window.slideTo(nowNanos);
        return window.reach(policy.minimumCalls(), TALLY, TALLY);
    }

    /** Counted whether it matters or not: the settings may change. */
    private boolean isStreak(Signal signal) {
        if (signal.isSuccess() && streak.get() != 0) {
            streak.set(0);
        }
        int inARow = signal == Signal.FAILURE ? streak.incrementAndGet() : 0;
        return policy.consecutiveFailures() > 0 && inARow >= policy.consecutiveFailures();
    }
}
