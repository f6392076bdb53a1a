package dev.retrykit.internal.circuit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One round of probes, in one word: 16 bits each for the numbers of probes that were admitted, ended, failed, and were
 * slow. Every change is one atomic operation.
 */
public final class Probes {

    private static final int BITS = 16;
    private static final long MASK = (1L << BITS) - 1;
    private static final long ADMITTED = 1L;
    private static final long ENDED = 1L << BITS;
    private static final long FAILED = 1L << 2 * BITS;
    private static final long SLOW = 1L << 3 * BITS;

    /** A round in which all probes fail ends no earlier than this, unless all have ended. */
    private static final long EVIDENCE_NANOS = 1_000_000_000L;

    private final int places;
    private final long beganNanos;
    private final AtomicLong word = new AtomicLong();

    public Probes(int places, long nowNanos) {
        this.places = places;
        this.beganNanos = nowNanos;
    }

    /** Admits a probe, if the round has room. */
    public boolean tryAdmit() {
        long seen = word.get();
        while (admitted(seen) < places) {
            if (word.compareAndSet(seen, seen + ADMITTED)) {
                return true;
            }
            seen = word.get();
        }
        return false;
    }

    /** Makes room for another probe, because this one said nothing. */
    public void release() {
        word.addAndGet(-ADMITTED);
    }

    /** Counts the result of an admitted probe. */
    public CallCounts end(boolean failed, boolean slow) {
        return tally(word.addAndGet(ENDED + (failed ? FAILED : 0) + (slow ? SLOW : 0)));
    }

    /** Whether a second has passed, at least two probes have ended, all of these failed, and none is running. */
    public boolean haveAllFailed(long nowNanos) {
        long seen = word.get();
        CallCounts tally = tally(seen);
        return nowNanos - beganNanos >= EVIDENCE_NANOS
                && tally.calls() >= 2
                && tally.failures() == tally.calls()
                && admitted(seen) == tally.calls();
    }

    /** The number of probes in this round. */
    public int places() {
        return places;
    }

    public boolean hasPlace() {
        return admitted(word.get()) < places;
    }

    public CallCounts tally() {
        return tally(word.get());
    }

    private static long admitted(long word) {
        return word & MASK;
    }

    private static CallCounts tally(long word) {
        return new CallCounts(word >>> BITS & MASK, word >>> 2 * BITS & MASK, word >>> 3 * BITS & MASK);
    }
}
