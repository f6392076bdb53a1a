package dev.retrykit.footprint;

/** The heap of this JVM. */
final class Heap {

    private static final int MOST_ROUNDS = 20;
    private static final int LEAST_ROUNDS = 3;

    private Heap() {}

    /** What is left after full collections, once another one doesn't find any more. */
    static long used() {
        long used = Long.MAX_VALUE;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            System.gc();
            long now = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            if (round > LEAST_ROUNDS && now >= used) {
                return used;
            }
            used = Math.min(used, now);
        }
        return used;
    }
}
