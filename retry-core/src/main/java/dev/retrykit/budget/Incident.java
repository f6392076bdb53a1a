package dev.retrykit.budget;

import dev.retrykit.budget.RetryBudget.Token;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A time in which a dependency fails. In its first second it is unknown whether most calls fail, and a burst has earned
 * no tokens yet, so as many retries are allowed as calls have failed.
 */
final class Incident {

    private static final long YOUNG = 1_000_000_000L;
    private static final long OLD = 10_000_000_000L;

    private static final long CALL = 1L << 32;
    private static final long GRANTED = CALL - 1;

    /** The start of the incident. */
    private final long sinceNanos;

    /**
     * Upper half: the calls whose first attempt has failed since. Lower half: the retries granted in the first second.
     */
    private final AtomicLong counts;

    private Incident(long sinceNanos, long counts) {
        this.sinceNanos = sinceNanos;
        this.counts = new AtomicLong(counts);
    }

    /** An incident that is already over, so that the first failure begins a new one. */
    static Incident none(long nowNanos) {
        return new Incident(nowNanos - OLD, 0);
    }

    /** @param first whether it begins with the first failure of a call */
    static Incident begin(boolean first, long nowNanos) {
        return new Incident(nowNanos, first ? CALL : 0);
    }

    boolean isYoung(long nowNanos) {
        return nowNanos - sinceNanos < YOUNG;
    }

    /** Whether a failure may begin a new incident. */
    boolean isOld(long nowNanos) {
        return nowNanos - sinceNanos >= OLD;
    }

    /** Grants a retry if more calls have failed than retries were granted. */
    boolean tryGrant() {
        for (long seen = counts.get(); (seen & GRANTED) < seen >>> 32; seen = counts.get()) {
            if (counts.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
        return false;
    }

    /** A retry was granted. In the first second, a retry that is paid with a token counts against the allowance. */
    void pay(Token token, long nowNanos) {
        if ((token == Token.EARNED || token == Token.RESERVE) && isYoung(nowNanos)) {
            counts.getAndIncrement();
        }
    }

    /** The first attempt of a call has failed. */
    void addCall() {
        counts.getAndAdd(CALL);
    }
}
