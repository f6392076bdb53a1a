package dev.retrykit.budget;

/**
 * A time in which a dependency fails. Within its first second nobody can know whether most calls fail, and a burst has
 * earned nothing yet: so as many retries are allowed as calls have failed.
 *
 * @param sinceNanos when it began
 * @param failedCalls calls whose first attempt has failed since
 * @param granted retries granted in the first second
 */
record Trouble(long sinceNanos, long failedCalls, long granted) {

    private static final long YOUNG = 1_000_000_000L;
    private static final long OLD = 10_000_000_000L;

    /** None yet, so that the first failure begins one. */
    static Trouble none(long nowNanos) {
        return new Trouble(nowNanos - OLD, 0, 0);
    }

    static Trouble begin(long nowNanos) {
        return new Trouble(nowNanos, 0, 0);
    }

    boolean isYoung(long nowNanos) {
        return nowNanos - sinceNanos < YOUNG;
    }

    /** Whether what fails may be a new one. */
    boolean isOld(long nowNanos) {
        return nowNanos - sinceNanos >= OLD;
    }

    boolean hasAllowance() {
        return granted < failedCalls;
    }

    Trouble withCall() {
        return new Trouble(sinceNanos, failedCalls + 1, granted);
    }

    Trouble withGranted() {
        return new Trouble(sinceNanos, failedCalls, granted + 1);
    }
}
