package dev.retrykit.internal.circuit;

import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The last results, regardless of age. One word counts all results ever, how many of them failed, and how many were
 * slow; at the start of each slice, the word is noted. The content of the window is the current word minus the note of
 * its oldest slice. So one add counts a result, nothing is reset concurrently with a writer, and a window of another
 * size continues with the same word.
 *
 * <p>The counts overflow into each other and out of the word. Differences of two words stay exact as long as a window
 * holds fewer results than a count can represent.
 */
final class CountWindow implements Window {

    /** A slice is at most a twentieth of the size. */
    private static final int SLICES = 20;

    /**
     * The number of calls overflows at this value. It is in the lowest bits, so that it alone identifies exactly where
     * a slice begins.
     */
    private static final int CALLS = 1 << 22;

    private static final long CALL = 1;
    private static final int FAILURE_SHIFT = 22;
    private static final long FAILURE = 1L << FAILURE_SHIFT;
    private static final long FAILURE_MASK = (1L << 21) - 1;
    private static final int SLOW_SHIFT = 43;
    private static final long SLOW = 1L << SLOW_SHIFT;

    /** The number of longs in a cache line. */
    private static final int WORD = 8;

    /** Marks an empty place: a note at the first place never has this value, and at all other places no note is 0. */
    private static final long NONE = CALL;

    private final int size;

    /** A slice begins at each multiple of 2 to the power of this. */
    private final int shift;

    /** The number of slices that the size covers, including the one that is being filled. */
    private final int slices;

    /** The word is in the middle, so that what all threads write is not in the cache lines of what they only read. */
    private final AtomicLongArray word;

    /**
     * The word before the first result of each slice, at the slice's place. The length is a power of two and above the
     * number of slices.
     */
    private final AtomicLongArray notes;

    /** The word before the first result that this window may hold. */
    private final long first;

    private CountWindow(int size, AtomicLongArray word, long first) {
        this.size = size;
        this.shift = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(Math.max(1, size / SLICES));
        this.slices = (size - 1 + (1 << shift) - 1 >> shift) + 1;
        this.word = word;
        this.notes = new AtomicLongArray(Integer.highestOneBit(2 * slices));
        this.first = first;
        notes.set(0, NONE);
    }

    /** Creates an empty window. */
    static CountWindow of(int size) {
        return new CountWindow(size, new AtomicLongArray(2 * WORD), 0);
    }

    @Override
    public void add(boolean failed, boolean slow, long nowNanos) {
        long before = word.getAndAdd(WORD, CALL + (failed ? FAILURE : 0) + (slow ? SLOW : 0));
        int calls = calls(before);
        if ((calls & (1 << shift) - 1) == 0) {
            notes.set(place(calls >> shift), before);
        }
    }

    /** Always the same: a full window stays full, so a success can only lower the rates. */
    @Override
    public long slice() {
        return 0;
    }

    @Override
    public void slideTo(long nowNanos) {
        // results do not expire
    }

    @Override
    public Seen reach(int calls) {
        return read((all, failures, slow) -> new Seen(all, failures, slow, false));
    }

    @Override
    public <T extends @Nullable Object> T read(Reading<T> reading) {
        long now = word.get(WORD);
        long held = now - oldest(now);
        return reading.of(calls(held), failures(held), slow(held));
    }

    /**
     * Returns the note of the window's oldest slice. If it was not made yet, or was made in a window of another size,
     * returns the next older note, or else the next newer one. No note is newer than the word, because its slice had
     * begun.
     */
    private long oldest(long now) {
        int current = current(now);
        for (int back = slices - 1; back < notes.length() - 1; back++) {
            long note = notes.get(place(current - back));
            if (isOf(current - back, note)) {
                return note;
            }
        }
        if (calls(now - first) <= slices << shift) {
            return first;
        }
        for (int back = slices - 2; back >= 0; back--) {
            long note = notes.get(place(current - back));
            if (isOf(current - back, note)) {
                return note;
            }
        }
        return now;
    }

    @Override
    public Window with(Thresholds thresholds, long nowNanos) {
        if (!thresholds.isCounted()) {
            return Window.of(thresholds, nowNanos);
        }
        return thresholds.countWindow() == size ? this : resized(thresholds.countWindow());
    }

    /** Returns a window of another size, with notes where its slices would have begun. */
    private CountWindow resized(int newSize) {
        long now = word.get(WORD);
        long oldest = oldest(now);
        CountWindow resized = new CountWindow(newSize, word, oldest);
        long end = now;
        for (int back = 0; back < notes.length() && end != oldest; back++) {
            long note = notes.get(place(current(now) - back));
            if (isOf(current(now) - back, note)) {
                resized.inherit(note, end, now);
                end = note;
            }
        }
        resized.inherit(oldest, end, now);
        return resized;
    }

    /** Adds the notes that belong between two words, as if the results between these had arrived evenly. */
    private void inherit(long from, long to, long now) {
        long counted = to - from;
        int calls = calls(counted);
        int width = 1 << shift;
        int tooOld = Math.max(0, calls(now - from) - (notes.length() << shift) + 1);
        for (int done = tooOld + (calls(-from - tooOld) & width - 1); done < calls; done += width) {
            long note = from + done + failures(counted) * done / calls * FAILURE + slow(counted) * done / calls * SLOW;
            notes.set(place(calls(note) >> shift), note);
        }
    }

    /** Slices share places; the number of calls in a note identifies its slice. */
    private boolean isOf(int slice, long note) {
        return calls(note) == (slice << shift & CALLS - 1);
    }

    private int place(int slice) {
        return slice & notes.length() - 1;
    }

    /** The slice of the last result. */
    private int current(long now) {
        return (calls(now) - 1 & CALLS - 1) >> shift;
    }

    private static long failures(long word) {
        return word >>> FAILURE_SHIFT & FAILURE_MASK;
    }

    private static long slow(long word) {
        return word >>> SLOW_SHIFT;
    }

    private static int calls(long word) {
        return (int) word & CALLS - 1;
    }
}
