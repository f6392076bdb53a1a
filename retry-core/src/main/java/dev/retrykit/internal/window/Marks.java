package dev.retrykit.internal.window;

/**
 * The state of a window's slices: a value, replaced as a whole when a slice turns.
 *
 * @param slice the number of the slice that is being filled
 * @param end the first position beyond that slice
 * @param starts the counters at the beginning of that slice, then of the one before it, and so on
 */
@SuppressWarnings("ArrayRecordComponent") // never changed, never compared
record Marks(long slice, long end, long[] starts) {

    Marks movedTo(long newSlice, SlidingWindow window) {
        int kinds = window.counters.length;
        long[] moved = new long[starts.length];
        int fresh = (int) Math.min(newSlice - slice, window.fullSlices + 1) * kinds;
        for (int kind = 0; kind < kinds; kind++) {
            long now = window.counters[kind].sum();
            for (int i = kind; i < fresh; i += kinds) {
                moved[i] = now;
            }
        }
        System.arraycopy(starts, 0, moved, fresh, starts.length - fresh);
        return window.marks(newSlice, moved);
    }

    /** The mark made at the position, or the last one before it; the oldest if all were made later. */
    int at(long position, long width, int kinds) {
        long back = (end - 1 - position) / width;
        return (int) Math.min(back, starts.length / kinds - 1);
    }

    long oldest(int kind, int kinds) {
        return starts[starts.length - kinds + kind];
    }
}
