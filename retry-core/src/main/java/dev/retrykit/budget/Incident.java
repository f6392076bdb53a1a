package dev.retrykit.budget;

import dev.retrykit.budget.RetryBudget.Token;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A time in which a dependency fails. Within its first second nobody can know whether most calls fail, and a burst has
 * earned nothing yet: so as many retries are allowed as calls have failed.
 */
final class Incident {

    private static final long YOUNG = 1_000_000_000L;
    private static final long OLD = 10_000_000_000L;

    private static final long CALL = 1L << 32;
    private static final long GRANTED = CALL - 1;

    /** When it began. */
    private final long sinceNanos;

    /** The calls whose first attempt has failed since, and in the lower half the retries granted in the first second. */
    private final AtomicLong counts;

    private Incident(long sinceNanos, long counts) {
        this.sinceNanos = sinceNanos;
        this.counts = new AtomicLong(counts);
    }

    /** None yet, so that the first failure begins one. */
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

    /** Whether what fails may be a new one. */
    boolean isOld(long nowNanos) {
        return nowNanos - sinceNanos >= OLD;
    }

    /** A retry is granted for the sake of a call that has failed, if there is one that had none. */
    boolean tryGrant() {
        for (long seen = counts.get(); (seen & GRANTED) < seen >>> 32; seen = counts.get()) {
            if (counts.compareAndSet(seen, seen + 1)) {
                return true;
            }
        }
        return false;
    }

    /** A retry was granted. In the first second, one that is paid with a token is among those that are allowed then. */
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
