package dev.retrykit.circuit;

import dev.retrykit.circuit.CircuitTransitions.Target;
import dev.retrykit.failure.Signal;
import dev.retrykit.internal.circuit.CallCounts;
import dev.retrykit.internal.circuit.ClosedWindow;
import dev.retrykit.internal.circuit.Outage;
import dev.retrykit.internal.circuit.Probes;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The state of a circuit between two transitions (an epoch), and what follows it. The circuit holds one at a time and
 * replaces it by one CAS. Calls with a permit of an earlier generation write into the counters of that generation,
 * which nothing reads any longer.
 */
final class Generation extends Permit {

    /**
     * While all probes of a round are running, the end of the first is unknown; waiting calls check again after this
     * time.
     */
    private static final long PROBING_NANOS = 100_000_000;

    final CircuitState state;
    final CircuitPolicy policy;

    /** Failed rounds of probes since the circuit was last closed. */
    private final int failedRounds;

    /** Whether time ends it: an open duration, a round of probes, or a state that was forced for a time. */
    private final boolean ends;

    /** When it ends, if time ends it. */
    private final long untilNanos;

    /** Whether admissions are counted. */
    final boolean watchesAdmissions;

    /** The results of a closed circuit; null in other states. */
    private final @Nullable ClosedWindow results;

    /** The round of a half-open circuit; null in other states. */
    private final @Nullable Probes probes;

    /** The counts when this generation began; for generations that count nothing themselves. */
    private final CallCounts before;

    /** The outage of an open or half-open circuit, or of a closed one that was open. */
    private final @Nullable Outage outage;

    /** The same generation under other settings, once they have been changed. */
    private volatile @Nullable Generation changed;

    private Generation(
            CircuitState state,
            CircuitPolicy policy,
            int failedRounds,
            boolean ends,
            long untilNanos,
            @Nullable ClosedWindow results,
            @Nullable Probes probes,
            CallCounts before,
            @Nullable Outage outage) {
        super(results != null || probes != null || policy.blocks() != BlockScope.RETRIES, probes != null);
        this.state = state;
        this.policy = policy;
        this.failedRounds = failedRounds;
        this.ends = ends;
        this.untilNanos = untilNanos;
        this.watchesAdmissions = results != null && results.watchesAdmissions();
        this.results = results;
        this.probes = probes;
        this.before = before;
        this.outage = outage;
    }

    /** Returns the initial generation of a circuit. */
    static Generation first(Target beginning, CircuitPolicy policy, long nowNanos) {
        return beginning.isForced(nowNanos)
                ? fixed(beginning, policy, CallCounts.NONE, null)
                : closed(policy, nowNanos);
    }

    static Generation closed(CircuitPolicy policy, long nowNanos) {
        return closed(policy, null, nowNanos);
    }

    private static Generation closed(CircuitPolicy policy, @Nullable Outage outage, long nowNanos) {
        ClosedWindow empty = new ClosedWindow(policy.thresholds, nowNanos);
        return new Generation(CircuitState.CLOSED, policy, 0, false, 0, empty, null, CallCounts.NONE, outage);
    }

    /** Starts a new round of probes. */
    private static Generation halfOpen(CircuitPolicy policy, int failedRounds, @Nullable Outage outage, long nowNanos) {
        long until = nowNanos + policy.leaseNanos;
        return new Generation(
                CircuitState.HALF_OPEN,
                policy,
                failedRounds,
                true,
                until,
                null,
                new Probes(policy.probes(), nowNanos),
                CallCounts.NONE,
                outage);
    }

    /** Forced open or disabled: counts nothing. */
    private static Generation fixed(Target forced, CircuitPolicy policy, CallCounts before, @Nullable Outage outage) {
        return new Generation(
                forced.state(), policy, 0, forced.ends(), forced.untilNanos(), null, null, before, outage);
    }

    /** For calls that an open circuit lets through, uncounted. */
    static Generation unwatched(CircuitPolicy policy) {
        return fixed(Target.DISABLED, policy, CallCounts.NONE, null);
    }

    /**
     * Returns this generation under other settings, with its results, probes and end. A round of probes keeps its
     * number of probes, and an open duration keeps its length. Permits of this generation are valid for the new one,
     * too.
     */
    Generation with(CircuitPolicy other, long nowNanos) {
        ClosedWindow kept = results == null ? null : results.with(other.thresholds, nowNanos);
        Generation next = new Generation(state, other, failedRounds, ends, untilNanos, kept, probes, before, outage);
        changed = next;
        return next;
    }

    /** Returns this generation under the latest settings. */
    Generation latest() {
        Generation latest = this;
        for (Generation next = changed; next != null; next = next.changed) {
            latest = next;
        }
        return latest;
    }

    /** Open for the policy's duration, grown by the failed rounds, capped, then randomized up and down. */
    private Generation opened(int newFailedRounds, CallCounts tally, long nowNanos, RandomGenerator random) {
        double grown = policy.openNanos * Math.pow(policy.openMultiplier(), newFailedRounds);
        long until = nowNanos + (long) (Math.min(grown, policy.maxOpenNanos) * spread(random));
        return new Generation(
                CircuitState.OPEN, policy, newFailedRounds, true, until, null, null, tally, outageAt(nowNanos));
    }

    /** The outage that the next generation belongs to if it does not end now. */
    private Outage outageAt(long nowNanos) {
        return state == CircuitState.CLOSED || outage == null ? Outage.begin(nowNanos) : outage;
    }

    /** A round of probes that is started manually: waiting calls keep waiting. */
    Generation halfOpened(long nowNanos) {
        return halfOpen(policy, 0, outageAt(nowNanos), nowNanos);
    }

    /** A state that is forced manually: waiting calls keep waiting if it is forced open. */
    Generation forced(Target forced, long nowNanos) {
        boolean open = forced.state() == CircuitState.FORCED_OPEN;
        return fixed(forced, policy, open ? tally(nowNanos) : CallCounts.NONE, open ? outageAt(nowNanos) : null);
    }

    /**
     * Whether a waiting call was rejected before this outage began; if so, it waits from now on for the end of this
     * outage.
     */
    boolean isNewTo(long rejectedNanos) {
        return state != CircuitState.CLOSED && outage != null && outage.openedNanos() - rejectedNanos > 0;
    }

    /** Without a source of randomness there is no jitter: if a dependency is down, opening the circuit comes first. */
    private double spread(RandomGenerator random) {
        try {
            return 1 + policy.openJitter() * (2 * random.nextDouble() - 1);
        } catch (Throwable noChance) {
            return 1;
        }
    }

    /** Admits a call if possible. */
    boolean tryAdmit() {
        return results != null || (probes != null ? probes.tryAdmit() : state == CircuitState.DISABLED);
    }

    /** The time until a call can be admitted: 0 if it can be now, {@link CircuitOpenException#NEVER} if none will. */
    long untilAdmittedNanos(long nowNanos) {
        return switch (state) {
            case CLOSED, DISABLED -> 0;
            case OPEN -> Math.max(0, untilNanos - nowNanos);
            case HALF_OPEN ->
                probes != null && probes.hasPlace() ? 0 : Math.max(0, Math.min(PROBING_NANOS, untilNanos - nowNanos));
            case FORCED_OPEN -> ends ? Math.max(0, untilNanos - nowNanos) : CircuitOpenException.NEVER;
        };
    }

    /**
     * The time until the turn of a waiting call. Its turn comes as long after that of the first waiting call as it
     * arrived after the circuit had opened.
     *
     * @param rejectedNanos when it was first rejected
     */
    long untilTurnNanos(long rejectedNanos, long nowNanos) {
        if (outage == null || state == CircuitState.HALF_OPEN) {
            return untilAdmittedNanos(nowNanos);
        }
        if (state == CircuitState.FORCED_OPEN && !ends) {
            return CircuitOpenException.NEVER;
        }
        return state != CircuitState.CLOSED
                ? Math.max(0, untilNanos + outage.lag(rejectedNanos) - nowNanos)
                : outage.untilTurn(rejectedNanos, nowNanos);
    }

    /** Whether its time has passed. */
    boolean isOver(long nowNanos) {
        return ends && nowNanos - untilNanos >= 0;
    }

    /** The generation that follows by time alone; null if this one is still valid. */
    @Nullable
    Generation afterTime(long nowNanos, RandomGenerator random) {
        if (!isOver(nowNanos)) {
            return null;
        }
        if (state == CircuitState.DISABLED) {
            return closed(policy, nowNanos);
        }
        CallCounts tally = probes == null ? CallCounts.NONE : probes.tally();
        if (hasAnsweredWell(tally)) {
            return ended(nowNanos);
        }
        return tally.calls() > 0 && tally.failures() == tally.calls()
                ? opened(failedRounds + 1, tally, untilNanos, random)
                : halfOpen(policy, failedRounds, outage, nowNanos);
    }

    /** A call was admitted. Returns the generation that follows; null if none does. */
    @Nullable
    Generation afterAdmission(long nowNanos, RandomGenerator random) {
        CallCounts hanging = results == null ? null : results.admit(nowNanos);
        return hanging == null ? null : opened(0, hanging, nowNanos, random);
    }

    private Generation ended(long nowNanos) {
        return closed(policy, outage == null ? null : outage.end(nowNanos), nowNanos);
    }

    /** Whether probes have ended, none of them failed and not too many were slow, even if others are lost. */
    private boolean hasAnsweredWell(CallCounts tally) {
        return tally.calls() > 0
                && tally.failures() == 0
                && !policy.thresholds.isReached(0, tally.slowCalls(), tally.calls());
    }

    /** How long it lasts if nothing else happens, in nanoseconds; -1 if time alone does not end it. */
    long leftNanos(long nowNanos) {
        return ends ? Math.max(0, untilNanos - nowNanos) : -1;
    }

    /** A call that this generation admitted under earlier settings has ended. */
    void endOf(Generation admitted) {
        if (results != null) {
            results.endOf(admitted.results);
        }
    }

    /** Counts the result of a call that was admitted here. Returns the generation that follows; null if none does. */
    @Nullable
    Generation afterResult(Signal signal, boolean slow, long startedNanos, long nowNanos, RandomGenerator random) {
        if (results != null) {
            if (!tells(signal, slow)) {
                results.endUncounted();
                return null;
            }
            boolean opens = results.add(signal, slow, startedNanos, nowNanos);
            return opens ? opened(0, results.tally(nowNanos), nowNanos, random) : null;
        }
        return probes == null ? null : afterProbe(probes, signal, slow, nowNanos, random);
    }

    /** A call that was cancelled says nothing, unless it had already been slow. */
    private boolean tells(Signal signal, boolean slow) {
        return signal != Signal.NONE || slow && policy.thresholds.countsSlowCalls();
    }

    /** A probe that ends after the lease is late, even if no call has started the next round yet. */
    private @Nullable Generation afterProbe(
            Probes round, Signal signal, boolean slow, long nowNanos, RandomGenerator random) {
        if (!tells(signal, slow)) {
            round.release();
            return null;
        }
        if (nowNanos - untilNanos >= 0) {
            return null;
        }
        CallCounts tally = round.end(signal.isFailure(), slow);
        boolean hopeless = signal.isFailure() && round.haveAllFailed(nowNanos);
        if (hopeless || policy.thresholds.isReached(tally.failures(), tally.slowCalls(), round.places())) {
            return opened(failedRounds + 1, tally, nowNanos, random);
        }
        return tally.calls() >= round.places() ? ended(nowNanos) : null;
    }

    CallCounts tally(long nowNanos) {
        if (results != null) {
            return results.tally(nowNanos);
        }
        return probes != null ? probes.tally() : before;
    }
}
