package dev.retrykit.spring.observe;

/** Lets the first line through at once, and then one every ten seconds with the number of those it stands for. */
final class Throttle {

    private static final long QUIET_NANOS = 10_000_000_000L;

    private boolean said;
    private long saidNanos;
    private long unsaid;

    /** How many lines were held back since the last; -1 if this one is held back too. */
    synchronized long unsaid(long nowNanos) {
        if (said && nowNanos - saidNanos < QUIET_NANOS) {
            unsaid++;
            return -1;
        }
        long before = unsaid;
        said = true;
        saidNanos = nowNanos;
        unsaid = 0;
        return before;
    }
}
