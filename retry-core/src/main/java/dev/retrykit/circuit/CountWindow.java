package dev.retrykit.circuit;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The last results, whenever they came. A ring of slices, each one word: which slice it is, how many results it holds, how
 * many of them failed, and were slow. A result is counted by one CAS of the word of the slice that is being filled; so is the
 * first one of a new slice, in place of the oldest. Nothing is reset under a writer's feet, and no count is lost: what comes
 * while a window of another size takes over goes to that one.
 */
final class CountWindow implements Window {

    private static final AtomicLongFieldUpdater<CountWindow> CURRENT =
            AtomicLongFieldUpdater.newUpdater(CountWindow.class, "current");

    private static final int SLICES = 20;

    /** A slice is 50,000 results wide at the most, and may inherit those of others. */
    private static final int BITS = 18;

    private static final long MASK = (1L << BITS) - 1;
    private static final long CALL = 1L;
    private static final long FAILURE = 1L << BITS;
    private static final long SLOW = 1L << 2 * BITS;
    private static final int TAG_SHIFT = 3 * BITS;
    private static final long COUNTS = (1L << TAG_SHIFT) - 1;

    /** The word of a slice whose results have gone over; none that has results looks so. */
    private static final long GONE = Long.MIN_VALUE;

    private final int size;
    private final int width;

    /** How many slices the size reaches into, the one that is being filled included. */
    private final int slices;

    /** As many as a power of two, so that finding the place of a slice takes no division. */
    private final AtomicLongArray words;

    /** The slice that is being filled. */
    private volatile long current;

    /** The window that has taken over. */
    private volatile @Nullable CountWindow successor;

    private CountWindow(int size, long current) {
        this.size = size;
        this.width = Math.max(1, size / SLICES);
        this.slices = (size - 1 + width - 1) / width + 1;
        this.words = new AtomicLongArray(Integer.highestOneBit(2 * slices - 1));
        this.current = current;
    }

    static CountWindow of(int size) {
        return new CountWindow(size, 0);
    }

    @Override
    public void add(boolean failed, boolean slow, long nowNanos) {
        long result = CALL + (failed ? FAILURE : 0) + (slow ? SLOW : 0);
        CountWindow window = latest();
        while (!window.tryAdd(result)) {
            window = window.latest();
        }
    }

    @Override
    public <T extends @Nullable Object> T reach(int calls, Reading<T> near, Reading<T> far) {
        return read(near);
    }

    private CountWindow latest() {
        CountWindow latest = this;
        for (CountWindow next = successor; next != null; next = next.successor) {
            latest = next;
        }
        return latest;
    }

    private boolean tryAdd(long result) {
        long slice = current;
        int place = place(slice);
        long seen = words.get(place);
        if (seen == GONE) {
            return false;
        }
        boolean begun = isOf(slice, seen);
        if (begun && calls(seen) >= width) {
            CURRENT.compareAndSet(this, slice, slice + 1);
            return false;
        }
        long next = begun ? seen + result : (slice << TAG_SHIFT) + result;
        // The word may be of a slice before or, if this thread was slow, of one behind; only the former can be
        // replaced.
        return (begun || current == slice) && words.compareAndSet(place, seen, next);
    }

    @Override
    public long slice() {
        return latest().current;
    }

    @Override
    public void slideTo(long nowNanos) {
        // time takes nothing
    }

    @Override
    public <T extends @Nullable Object> T read(Reading<T> reading) {
        return latest().readOwn(reading);
    }

    private <T extends @Nullable Object> T readOwn(Reading<T> reading) {
        long slice = current;
        long calls = 0;
        long failures = 0;
        long slow = 0;
        for (int back = 0; back < slices; back++) {
            long word = word(slice - back);
            calls += calls(word);
            failures += word >>> BITS & MASK;
            slow += word >>> 2 * BITS & MASK;
        }
        return reading.of(calls, failures, slow);
    }

    @Override
    public Window with(CircuitPolicy policy, long nowNanos) {
        if (!policy.isCounted()) {
            return Window.of(policy, nowNanos);
        }
        return policy.countWindow() == size ? this : resized(policy.countWindow());
    }

    /** Each slice goes into the one that reaches as far back, as a whole; what comes next begins a fresh one. */
    private CountWindow resized(int newSize) {
        long slice = current;
        CountWindow resized = new CountWindow(newSize, slice + 1);
        successor = resized;
        long reached = 0;
        for (int back = 0; back < slices; back++) {
            long word = words.getAndSet(place(slice - back), GONE);
            if (isOf(slice - back, word)) {
                resized.inherit(slice - reached / resized.width, word);
                reached += calls(word);
            }
        }
        return resized;
    }

    private void inherit(long slice, long results) {
        boolean reaches = slice > current - slices;
        while (reaches && calls(results) > 0) {
            int place = place(slice);
            long seen = words.get(place);
            boolean fresh = seen == 0 || isOf(slice, seen);
            if (!fresh
                    || words.compareAndSet(place, seen, (slice << TAG_SHIFT) + sum(seen & COUNTS, results & COUNTS))) {
                return;
            }
        }
    }

    /** Count by count; one that has no more room stays as it is. */
    private static long sum(long one, long other) {
        long sum = 0;
        for (int shift = 0; shift < TAG_SHIFT; shift += BITS) {
            sum += Math.min(MASK, (one >>> shift & MASK) + (other >>> shift & MASK)) << shift;
        }
        return sum;
    }

    /** The word of a slice; 0 if it was never begun or is no more. */
    private long word(long slice) {
        long word = words.get(place(slice));
        return isOf(slice, word) ? word : 0;
    }

    /** By the last bits of its number, as far as they have room: of slices that share a place they differ. */
    private static boolean isOf(long slice, long word) {
        return word >>> TAG_SHIFT == (slice << TAG_SHIFT) >>> TAG_SHIFT;
    }

    private int place(long slice) {
        return (int) slice & words.length() - 1;
    }

    private static long calls(long word) {
        return word & MASK;
    }
}
