package dev.retrykit.circuit;

/** How many calls ended, how many of them failed, and how many were slow. */
record Tally(long calls, long failures, long slowCalls) {

    static final Tally NONE = new Tally(0, 0, 0);

    boolean opens(CircuitPolicy policy) {
        return calls >= policy.minimumCalls() && reaches(policy, calls);
    }

    /** Whether a rate is reached when the counts are compared with so many calls. */
    boolean reaches(CircuitPolicy policy, long of) {
        return failures * 100.0 >= policy.failureRate() * of
                || policy.slowCallDuration() != null && slowCalls * 100.0 >= policy.slowCallRate() * of;
    }
}
