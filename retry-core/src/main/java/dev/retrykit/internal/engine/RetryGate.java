package dev.retrykit.internal.engine;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.circuit.Permit;
import dev.retrykit.event.AttemptResult;
import dev.retrykit.failure.Signal;
import dev.retrykit.internal.thread.HeldPermit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The permit of the circuit that one call holds for its running attempt, and what the enclosing attempts hold. */
final class RetryGate {

    private static final double SPREAD_WITHOUT_CHANCE = 0.5;

    private final @Nullable Circuit circuit;
    private final RandomGenerator random;
    private @Nullable Permit permit;

    /** Whether the call waits for the circuit, and since when. */
    private boolean waits;

    private long rejectedNanos;

    /** The permits of the enclosing attempts: a circuit among these lets all attempts of this call through, uncounted. */
    private final @Nullable HeldPermit enclosing;

    /** The permit held by the running attempt. */
    private @Nullable HeldPermit hold;

    private RetryGate(RetryEngine retry, @Nullable Permit permit, @Nullable HeldPermit enclosing) {
        this.circuit = retry.circuit();
        this.random = retry.random();
        this.permit = permit;
        this.enclosing = enclosing;
    }

    /**
     * Creates the gate of a call; null if there is no circuit and no enclosing attempt holds anything.
     *
     * @param firstPermit the permit of a first attempt that started without this object
     * @param enclosing what the enclosing attempts hold
     */
    static @Nullable RetryGate of(RetryEngine retry, @Nullable Permit firstPermit, @Nullable HeldPermit enclosing) {
        return retry.circuit() == null && enclosing == null ? null : new RetryGate(retry, firstPermit, enclosing);
    }

    /** Asks the circuit to admit an attempt. */
    boolean tryEnter(boolean first, long nowNanos) {
        if (circuit == null || HeldPermit.isHeld(enclosing, circuit, !first)) {
            return true;
        }
        if (waits && circuit.untilTurnNanos(rejectedNanos, nowNanos) > 0) {
            return false;
        }
        permit = first ? circuit.tryAcquireFirst(nowNanos) : circuit.tryAcquire(nowNanos);
        if (permit == null) {
            return false;
        }
        waits = false;
        hold = new HeldPermit(circuit, !permit.coversRetries(), enclosing);
        return true;
    }

    /** The permits of the running attempt and of the enclosing ones. */
    @Nullable
    HeldPermit held() {
        return hold == null ? enclosing : hold;
    }

    /** Whether a circuit counts the attempts of this call, rather than the enclosing attempt. */
    boolean isCounted() {
        return circuit != null && passed() == null;
    }

    /** The circuit, if it lets the attempts of this call pass uncounted within an enclosing one. */
    @Nullable
    Circuit passed() {
        return circuit != null && HeldPermit.isHeld(enclosing, circuit, false) ? circuit : null;
    }

    /** How long a call that the circuit rejects can wait for a probe, in nanoseconds; -1 if that cannot help. */
    long tryWait(long leftNanos, long nowNanos) {
        if (circuit != null && (!waits || circuit.isNewTo(rejectedNanos, nowNanos))) {
            waits = true;
            rejectedNanos = nowNanos;
        }
        long wait = waitNanos(leftNanos, nowNanos);
        if (wait < 0 && isClosed(nowNanos)) {
            // The call's turn would come after its time budget, so the call returns at a random time within it.
            waits = false;
            return Math.round(leftNanos / 2.0 * chance());
        }
        return wait;
    }

    private boolean isClosed(long nowNanos) {
        return circuit != null
                && circuit.policy().onOpen() == OpenBehavior.WAIT
                && circuit.untilAdmittedNanos(nowNanos) == 0;
    }

    private double chance() {
        try {
            return random.nextDouble();
        } catch (Throwable noChance) {
            return SPREAD_WITHOUT_CHANCE;
        }
    }

    private long waitNanos(long leftNanos, long nowNanos) {
        if (circuit == null || circuit.policy().onOpen() == OpenBehavior.STOP) {
            return -1;
        }
        long wait = circuit.untilTurnNanos(waits ? rejectedNanos : nowNanos, nowNanos);
        return wait < leftNanos ? wait : -1;
    }

    /**
     * Whether the circuit may admit an attempt after the delay, or after a longer wait that still fits the remaining
     * time.
     */
    boolean opensInTime(long delayNanos, long leftNanos, long nowNanos) {
        return circuit == null
                || HeldPermit.isHeld(enclosing, circuit, true)
                || circuit.untilAdmittedNanos(nowNanos) <= delayNanos
                || waitNanos(leftNanos, nowNanos) >= 0;
    }

    /**
     * Reports the outcome of the attempt to the circuit. The hold ends first, so that nothing passes on a permit that
     * was returned.
     *
     * @return the signal for the budget: it counts a failure that the circuit does not record
     */
    Signal leave(AttemptOutcome outcome, long startedNanos, long nowNanos) {
        boolean ignored = outcome.isIgnoredBy(circuit);
        Signal heeded = ignored ? Signal.IGNORED : outcome.signal();
        if (hold != null) {
            hold.end();
            hold = null;
        }
        if (permit != null && circuit != null) {
            Signal told = ignored ? heeded : outcome.recordedBy(circuit);
            // A failure that is not about the dependency is not slow. A cancelled attempt may be.
            boolean beside =
                    told == Signal.NONE && outcome.failure() != null && outcome.result() != AttemptResult.TIMEOUT;
            circuit.end(permit, told, beside ? nowNanos : startedNanos, nowNanos);
            permit = null;
        }
        return heeded;
    }
}
