package dev.retrykit.circuit;

/** How many calls ended, how many of them failed, and how many were slow. */
record Tally(long calls, long failures, long slowCalls) {

    static final Tally NONE = new Tally(0, 0, 0);
}
