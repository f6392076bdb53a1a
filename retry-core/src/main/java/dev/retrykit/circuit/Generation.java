package dev.retrykit.circuit;

import dev.retrykit.failure.Signal;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a circuit is between two transitions, and what follows it. The circuit holds one at a time and replaces it by one
 * CAS; whoever got a permit from an earlier one writes into that one's counters, where nobody looks any more.
 */
final class Generation extends Permit {

    /** While all places of a round are taken, nobody knows when one gets free; waiting calls ask again so soon. */
    private static final long PROBING_NANOS = 100_000_000;

    final CircuitState state;
    final CircuitPolicy policy;

    /** Failed rounds of probes since the circuit last was closed. */
    private final int failedRounds;

    /** Whether it is over after a time: an open one, a round of probes, and what was forced for a time. */
    private final boolean ends;

    /** When it is over, if it is after a time. */
    private final long untilNanos;

    /** Whether calls that come in are counted. */
    final boolean watchesAdmissions;

    /** The results of a closed circuit, and of no other. */
    private final @Nullable ClosedWindow results;

    /** The round of a half-open circuit, and of no other. */
    private final @Nullable Probes probes;

    /** What had been counted when this generation began, for those that count nothing themselves. */
    private final CallCounts before;

    /** Of an open or a half-open circuit, and of one that was. */
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
        this.watchesAdmissions = results != null && results.hanging != null;
        this.results = results;
        this.probes = probes;
        this.before = before;
        this.outage = outage;
    }

    /** What a circuit begins with. */
    static Generation first(InitialState beginning, CircuitPolicy policy, long nowNanos) {
        return beginning.state() == CircuitState.CLOSED || beginning.isOver(nowNanos)
                ? closed(policy, nowNanos)
                : fixed(beginning, policy, CallCounts.NONE, null);
    }

    static Generation closed(CircuitPolicy policy, long nowNanos) {
        return closed(policy, null, nowNanos);
    }

    private static Generation closed(CircuitPolicy policy, @Nullable Outage outage, long nowNanos) {
        ClosedWindow empty = new ClosedWindow(policy, nowNanos);
        return new Generation(CircuitState.CLOSED, policy, 0, false, 0, empty, null, CallCounts.NONE, outage);
    }

    /** A fresh round of probes. */
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

    /** Forced open or disabled: it watches nothing. */
    private static Generation fixed(
            InitialState beginning, CircuitPolicy policy, CallCounts before, @Nullable Outage outage) {
        return new Generation(
                beginning.state(), policy, 0, beginning.ends(), beginning.untilNanos(), null, null, before, outage);
    }

    /** For calls that an open circuit lets through, uncounted. */
    static Generation unwatched(CircuitPolicy policy) {
        return fixed(InitialState.in(CircuitState.DISABLED), policy, CallCounts.NONE, null);
    }

    /**
     * This generation under other settings: its results, its probes and its end live on. A round of probes keeps the number
     * of its places, and an open time its length. The permits of this one are good for that one too.
     */
    Generation with(CircuitPolicy other, long nowNanos) {
        ClosedWindow kept = results == null ? null : results.with(other, nowNanos);
        Generation next = new Generation(state, other, failedRounds, ends, untilNanos, kept, probes, before, outage);
        changed = next;
        return next;
    }

    /** This generation as it is now. */
    Generation latest() {
        Generation latest = this;
        for (Generation next = changed; next != null; next = next.changed) {
            latest = next;
        }
        return latest;
    }

    /** Open for the policy's time, grown by the failed rounds, capped, then spread up and down. */
    private Generation opened(int newFailedRounds, CallCounts tally, long nowNanos, RandomGenerator random) {
        double grown = policy.openNanos * Math.pow(policy.openMultiplier(), newFailedRounds);
        long until = nowNanos + (long) (Math.min(grown, policy.maxOpenNanos) * spread(random));
        return new Generation(
                CircuitState.OPEN, policy, newFailedRounds, true, until, null, null, tally, outageAt(nowNanos));
    }

    /** The outage that this one belongs to if it doesn't end now. */
    private Outage outageAt(long nowNanos) {
        return state == CircuitState.CLOSED || outage == null ? Outage.begin(nowNanos) : outage;
    }

    /** A round of probes that somebody begins by hand: who waits goes on waiting. */
    Generation halfOpened(long nowNanos) {
        return halfOpen(policy, 0, outageAt(nowNanos), nowNanos);
    }

    /** The same of what is forced. */
    Generation forced(InitialState beginning, long nowNanos) {
        boolean open = beginning.state() == CircuitState.FORCED_OPEN;
        return fixed(beginning, policy, open ? tally(nowNanos) : CallCounts.NONE, open ? outageAt(nowNanos) : null);
    }

    /** Whether a call that waits was rejected before this outage began: then it waits for its end as of now. */
    boolean isNewTo(long rejectedNanos) {
        return state != CircuitState.CLOSED && outage != null && outage.openedNanos() - rejectedNanos > 0;
    }

    /** Without chance there is no spread: a dependency that is down needs an open circuit first of all. */
    private double spread(RandomGenerator random) {
        try {
            return 1 + policy.openJitter() * (2 * random.nextDouble() - 1);
        } catch (Throwable noChance) {
            return 1;
        }
    }

    /** Lets a call in, if it may come in. */
    boolean tryAdmit() {
        return results != null || (probes != null ? probes.tryAdmit() : state == CircuitState.DISABLED);
    }

    /** The time until a call can come in: 0 if one can now, {@link CircuitOpenException#NEVER} if none will. */
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
     * The same for a call that waits. Its turn comes as long after that of the first who waits as it came after the circuit
     * had opened.
     *
     * @param rejectedNanos when it was rejected first
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

    /** What follows by time alone; null if this generation is still in force. */
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

    /** A call was let in. What follows from it; null if nothing does. */
    @Nullable
    Generation afterAdmission(long nowNanos, RandomGenerator random) {
        CallCounts hanging = results == null ? null : results.admit(nowNanos);
        return hanging == null ? null : opened(0, hanging, nowNanos, random);
    }

    private Generation ended(long nowNanos) {
        return closed(policy, outage == null ? null : outage.end(nowNanos), nowNanos);
    }

    /** Whether probes have ended, none of them failed and not too many were slow, though others may be lost. */
    private boolean hasAnsweredWell(CallCounts tally) {
        return tally.calls() > 0 && tally.failures() == 0 && !policy.isReached(0, tally.slowCalls(), tally.calls(), 0);
    }

    /** How long it lasts if nothing else happens, in nanoseconds; -1 if time alone doesn't end it. */
    long leftNanos(long nowNanos) {
        return ends ? Math.max(0, untilNanos - nowNanos) : -1;
    }

    /** A call has ended that an earlier form of this generation let in. */
    void endOf(Generation admitted) {
        if (results != null) {
            results.endOf(admitted.results);
        }
    }

    /** Counts the result of a call that was let in here. What follows from it; null if nothing does. */
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

    /** Who gives a call up tells nothing, unless it had taken too long already. */
    private boolean tells(Signal signal, boolean slow) {
        return signal != Signal.NONE || slow && policy.slowCallDuration() != null;
    }

    /** A probe that ends after the lease is late, even if nobody has asked for the next round yet. */
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
        if (hopeless || policy.isReached(tally.failures(), tally.slowCalls(), round.places(), 0)) {
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
