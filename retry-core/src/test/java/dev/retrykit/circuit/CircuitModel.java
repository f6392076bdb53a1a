package dev.retrykit.circuit;

import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.failure.Signal;
import dev.retrykit.internal.circuit.CallCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A circuit that is slow and plainly right: all results in a list, every rate computed from the list after each result,
 * a number for the generation. Times count from the circuit's start.
 */
final class CircuitModel {

    /** The permit of a call that goes through although it has no place: no generation counts it. */
    private static final int UNWATCHED = -1;

    private static final long SECOND = 1_000_000_000L;

    private CircuitPolicy policy;
    private final List<Outcome> results = new ArrayList<>();
    private CircuitState state = CircuitState.CLOSED;
    private int generation;
    private long began;
    private boolean ends;
    private long until;
    private long sequence;
    private int failedRounds;
    private int streak;

    /** Whether the window of calls held enough at the last result: then a success only lowers the rates. */
    private boolean settled;

    private int places;
    private int admitted;
    private long rejected;
    private final long[] counted = new long[Result.values().length];
    private CallCounts before = CallCounts.NONE;

    /** Since when calls are bad without a break that counts. */
    private long evidence;

    private final List<Long> admissions = new ArrayList<>();
    private long watchedSince;
    private long lastLook;
    private long ended;

    CircuitModel(CircuitPolicy policy) {
        this.policy = policy;
    }

    /** A permit is the number of the generation that gave it. */
    @Nullable
    Integer tryAcquire(boolean first, long now) {
        tick(now);
        boolean free = state == CircuitState.HALF_OPEN && admitted < places;
        if (free) {
            admitted++;
        }
        if (free || state == CircuitState.CLOSED || state == CircuitState.DISABLED) {
            int permit = generation;
            watch(now);
            return permit;
        }
        boolean passes = first && policy.blocks() == BlockScope.RETRIES;
        rejected += passes ? 0 : 1;
        return passes || policy.isDryRun() ? UNWATCHED : null;
    }

    /** Of a permit that was just given: whether retries inside of the call pass, too. */
    boolean coversRetries(int permit) {
        return permit != UNWATCHED && state != CircuitState.DISABLED || policy.blocks() != BlockScope.RETRIES;
    }

    /** Whether a call that comes now is let through, and no first attempt. */
    boolean admits(long now) {
        tick(now);
        return switch (state) {
            case CLOSED, DISABLED -> true;
            case HALF_OPEN -> admitted < places || policy.isDryRun();
            case OPEN, FORCED_OPEN -> policy.isDryRun();
        };
    }

    /** All results since the start, late ones too. */
    List<Long> counted() {
        return LongStream.of(counted).boxed().toList();
    }

    /** Calls that came in a second ago and haven't ended are slow ones; looked at ten times a second. */
    private void watch(long now) {
        if (state != CircuitState.CLOSED || policy.slowCallDuration() == null || policy.countWindow() > 0) {
            return;
        }
        long slice = (now - watchedSince) / (SECOND / 10);
        admissions.add(slice);
        if (slice == lastLook) {
            return;
        }
        lastLook = slice;
        long before = admissions.stream().filter(at -> at < slice - 10).count();
        long hanging = Math.max(0, before - ended);
        Reach reach = reach(policy.minimumCalls() - hanging, now);
        CallCounts all = tally(reach.results);
        CallCounts with = new CallCounts(all.calls() + hanging, all.failures(), all.slowCalls() + hanging);
        if (hanging > 0
                && with.calls() >= policy.minimumCalls()
                && isReached(with, with.calls(), reach.isLong ? 90 : 0)) {
            open(0, with, now);
        }
    }

    void end(int permit, Signal signal, boolean slow, long took, long now) {
        counted[Result.of(signal).ordinal()]++;
        boolean over = state == CircuitState.HALF_OPEN && now >= until;
        if (permit != generation || over) {
            return;
        }
        boolean failed = signal == Signal.FAILURE || signal == Signal.THROTTLED;
        ended++;
        if (state == CircuitState.CLOSED && (signal != Signal.NONE || slow)) {
            boolean bad = failed || slow;
            if (bad) {
                considerEvidence(now - took, now);
            }
            results.add(new Outcome(place(now), failed, slow));
            sequence++;
            countStreak(signal, failed);
            boolean streakReached = policy.consecutiveFailures() > 0
                    && signal == Signal.FAILURE
                    && streak >= policy.consecutiveFailures();
            Reach reach = reach(now);
            CallCounts tally = tally(reach.results);
            boolean counted = policy.countWindow() > 0;
            boolean concludes = bad || !(counted ? settled : reach.isLong);
            boolean enough = tally.calls() >= policy.minimumCalls();
            settled |= counted && enough;
            boolean reached = enough && concludes && isReached(tally, tally.calls(), reach.isLong ? 90 : 0);
            if (streakReached || reached && (counted || now - evidence >= SECOND)) {
                open(0, tally, now);
            }
        } else if (state == CircuitState.HALF_OPEN) {
            endProbe(signal, failed, slow, now);
        }
    }

    private void considerEvidence(long started, long now) {
        CallCounts all = tally(reach(now).results);
        CallCounts near = tally(held(now));
        CallCounts doubled = new CallCounts(all.calls(), 2 * all.failures(), 2 * all.slowCalls());
        boolean few = all.calls() == 0 || !isReached(doubled, all.calls(), 0);
        boolean paused = near.failures() == 0 && near.slowCalls() == 0 && !isReached(all, all.calls(), 0);
        if (few || paused) {
            evidence = started;
        }
    }

    private void endProbe(Signal signal, boolean failed, boolean slow, long now) {
        if (signal == Signal.NONE && !slow) {
            admitted--;
            return;
        }
        results.add(new Outcome(0, failed, slow));
        CallCounts tally = tally(now);
        boolean hopeless = failed
                && now - began >= SECOND
                && tally.calls() >= 2
                && tally.failures() == tally.calls()
                && admitted == tally.calls();
        if (hopeless || isReached(tally, places, 0)) {
            open(failedRounds + 1, tally, now);
        } else if (tally.calls() == places) {
            close(now);
        }
    }

    /** What began under the settings before keeps its time and its number; the window is the same. */
    void change(CircuitPolicy other, long now) {
        tick(now);
        streak = policy.consecutiveFailures() == 0 ? 0 : streak;
        policy = other;
        settled = false;
    }

    void reset(long now) {
        close(now);
    }

    void forceOpen(long now) {
        tick(now);
        before = tally(now);
        enter(CircuitState.FORCED_OPEN, now);
    }

    void disable(long now) {
        before = CallCounts.NONE;
        enter(CircuitState.DISABLED, now);
    }

    void forceOpen(Duration time, long now) {
        forceOpen(now);
        endAt(now + time.toNanos());
    }

    void disable(Duration time, long now) {
        disable(now);
        endAt(now + time.toNanos());
    }

    void halfOpen(long now) {
        failedRounds = 0;
        probe(now);
    }

    CircuitSnapshot snapshot(long now) {
        tick(now);
        CallCounts tally = tally(now);
        return new CircuitSnapshot(
                "model",
                state,
                tally.calls(),
                tally.failures(),
                tally.slowCalls(),
                rejected,
                untilProbe(now),
                untilEnd(now));
    }

    private Optional<Duration> untilProbe(long now) {
        return switch (state) {
            case OPEN -> Optional.of(Duration.ofNanos(until - now));
            case FORCED_OPEN -> untilEnd(now);
            case HALF_OPEN -> Optional.of(Duration.ofNanos(admitted < places ? 0 : Math.min(100_000_000, until - now)));
            default -> Optional.empty();
        };
    }

    private Optional<Duration> untilEnd(long now) {
        return ends ? Optional.of(Duration.ofNanos(until - now)) : Optional.empty();
    }

    private void endAt(long when) {
        ends = true;
        until = when;
    }

    private void tick(long now) {
        if (!ends || now < until) {
            return;
        }
        CallCounts tally = tally(now);
        boolean slow =
                policy.slowCallDuration() != null && tally.slowCalls() * 100.0 >= policy.slowCallRate() * tally.calls();
        boolean answered = state == CircuitState.HALF_OPEN && tally.calls() > 0 && tally.failures() == 0 && !slow;
        if (state == CircuitState.DISABLED || answered) {
            close(now);
        } else if (state == CircuitState.HALF_OPEN && tally.calls() > 0 && tally.failures() == tally.calls()) {
            open(failedRounds + 1, tally, until);
            tick(now);
        } else {
            failedRounds = state == CircuitState.FORCED_OPEN ? 0 : failedRounds;
            probe(now);
        }
    }

    private void open(int rounds, CallCounts tally, long now) {
        before = tally;
        failedRounds = rounds;
        double nanos = policy.openDuration().toNanos();
        for (int i = 0; i < rounds; i++) {
            nanos *= policy.openMultiplier();
        }
        enter(CircuitState.OPEN, now);
        endAt(now + (long) Math.min(nanos, policy.maxOpenDuration().toNanos()));
    }

    private void probe(long now) {
        places = policy.probes();
        enter(CircuitState.HALF_OPEN, now);
        endAt(now + policy.lease().toNanos());
    }

    private void close(long now) {
        failedRounds = 0;
        enter(CircuitState.CLOSED, now);
    }

    private void enter(CircuitState next, long now) {
        state = next;
        ends = false;
        generation++;
        began = now;
        results.clear();
        sequence = 0;
        streak = 0;
        settled = false;
        admitted = 0;
        evidence = now;
        watchAnew(now);
    }

    private void watchAnew(long now) {
        admissions.clear();
        watchedSince = now;
        lastLook = 0;
        ended = 0;
    }

    private void countStreak(Signal signal, boolean failed) {
        if (signal == Signal.FAILURE) {
            streak++;
        } else if (signal.isSuccess()) {
            streak = 0;
        }
    }

    private boolean isReached(CallCounts tally, long of, double least) {
        return tally.failures() * 100.0 >= Math.max(least, policy.failureRate()) * of
                || policy.slowCallDuration() != null
                        && tally.slowCalls() * 100.0 >= Math.max(least, policy.slowCallRate()) * of;
    }

    private CallCounts tally(long now) {
        if (state != CircuitState.CLOSED && state != CircuitState.HALF_OPEN) {
            return before;
        }
        return tally(state == CircuitState.HALF_OPEN ? results : reach(now).results);
    }

    private static CallCounts tally(List<Outcome> held) {
        return new CallCounts(
                held.size(),
                held.stream().filter(Outcome::failed).count(),
                held.stream().filter(Outcome::slow).count());
    }

    /** What the window holds or, where that is too few, what the time that suffices does, by slices of 10 s. */
    private Reach reach(long now) {
        return reach(policy.minimumCalls(), now);
    }

    private Reach reach(long calls, long now) {
        List<Outcome> reached = held(now);
        if (policy.countWindow() > 0 || reached.size() >= calls) {
            return new Reach(reached, false);
        }
        for (long back = 0; reached.size() < calls && back <= 60; back++) {
            long oldest = (now - began) / (10 * SECOND) - back;
            reached = results.stream()
                    .filter(result -> result.place / (10 * SECOND) >= oldest)
                    .toList();
        }
        return new Reach(reached, true);
    }

    private record Reach(List<Outcome> results, boolean isLong) {}

    /** The slice of the last position and all before it that the window's size reaches into. */
    private List<Outcome> held(long now) {
        boolean counted = policy.countWindow() > 0;
        long size = counted ? policy.countWindow() : policy.timeWindow().toNanos();
        long width = counted ? Long.highestOneBit(Math.max(1, size / 20)) : Math.max(1, size / 10);
        long position = counted ? Math.max(0, sequence - 1) : now - began;
        long oldest = position / width * width - (size - 1);
        return results.stream()
                .filter(result -> (result.place / width + 1) * width > oldest)
                .toList();
    }

    private long place(long now) {
        return policy.countWindow() > 0 ? sequence : now - began;
    }

    private record Outcome(long place, boolean failed, boolean slow) {}
}
