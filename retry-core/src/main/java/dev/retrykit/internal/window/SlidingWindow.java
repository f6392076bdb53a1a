package dev.retrykit.internal.window;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts of several kinds over a window that slides along a position, which is a time or a number of calls.
 *
 * <p>The counters only grow. At the start of each slice their values are noted; the count of the window is the current
 * value minus the note of its oldest slice. So adding is one striped add and a comparison, nothing is reset
 * concurrently with a writer, and no count is lost: one that is added while a slice turns is in one slice or the other.
 * The window holds the slice that is being filled and all earlier slices that its size covers.
 */
public final class SlidingWindow {

    private static final AtomicReferenceFieldUpdater<SlidingWindow, Marks> MARKS =
            AtomicReferenceFieldUpdater.newUpdater(SlidingWindow.class, Marks.class, "marks");

    private static final AtomicReferenceFieldUpdater<SlidingWindow, SlidingWindow> LONGER =
            AtomicReferenceFieldUpdater.newUpdater(SlidingWindow.class, SlidingWindow.class, "longer");

    /** How far back a time window reaches if its own size holds too little: 10 min, in slices of 10 s. */
    private static final long REACH = 600_000_000_000L;

    private static final int REACH_SLICES = 60;

    final LongAdder[] counters;
    private final long origin;
    private final long width;
    final int fullSlices;
    private final long size;
    private final boolean reaches;
    private volatile Marks marks;

    /** A longer window over the same counts, created when the first slice of this one turns; null if there is none. */
    private volatile @Nullable SlidingWindow longer;

    private SlidingWindow(LongAdder[] counters, long size, int slices, long origin, boolean reaches) {
        this.counters = counters;
        this.size = size;
        this.reaches = reaches;
        this.origin = origin;
        this.width = Math.max(1, size / slices);
        this.fullSlices = (int) ((size - 1 + width - 1) / width);
        this.marks = marks(0, new long[(fullSlices + 1) * counters.length]);
    }

    /**
     * Creates an empty window.
     *
     * @param kinds the number of kinds that are counted
     * @param size the window's size, in the unit of the positions, 1 or more
     * @param slices how many slices make up the size: the window may hold two more
     * @param origin the first position
     */
    public SlidingWindow(int kinds, long size, int slices, long origin) {
        this(adders(kinds), size, slices, origin, false);
    }

    /**
     * Creates an empty window.
     *
     * @param kinds the number of kinds that are counted
     * @param size the window's size, 1 or more
     * @param slices how many slices make up the size: the window may hold two more
     * @param origin the first position
     * @param reaches whether it can {@linkplain #reach} further back than its size; if so, positions are nanoseconds
     */
    public SlidingWindow(int kinds, long size, int slices, long origin, boolean reaches) {
        this(adders(kinds), size, slices, origin, reaches);
    }

    private static LongAdder[] adders(int kinds) {
        LongAdder[] adders = new LongAdder[kinds];
        for (int kind = 0; kind < kinds; kind++) {
            adders[kind] = new LongAdder();
        }
        return adders;
    }

    /**
     * Creates a window of another size over the same counts. It holds what this one holds as far as its size covers
     * and, if the slices of the two do not align, up to one slice of this one more. Counts that are added to this
     * window are also counted there.
     *
     * @param position the current position of the window
     */
    public SlidingWindow resized(long size, int slices, long position) {
        slideTo(position);
        SlidingWindow resized = over(size, slices, position, reaches);
        resized.longer = this.size < REACH ? longer : over(REACH, REACH_SLICES, position, false);
        return resized;
    }

    private SlidingWindow over(long size, int slices, long position, boolean reach) {
        SlidingWindow resized = new SlidingWindow(counters, size, slices, position, reach);
        Marks seen = marks;
        long[] starts = new long[(resized.fullSlices + 1) * counters.length];
        for (int back = 0; back <= resized.fullSlices; back++) {
            int mark = seen.at(position - back * resized.width, width, counters.length);
            System.arraycopy(seen.starts(), mark * counters.length, starts, back * counters.length, counters.length);
        }
        resized.marks = resized.marks(0, starts);
        return resized;
    }

    /**
     * Slides the window to the position, then counts one of the kind.
     *
     * @return whether this call has moved it into another slice
     */
    public boolean add(int kind, long position) {
        boolean slid = slideTo(position);
        counters[kind].increment();
        return slid;
    }

    /** Slides the window to the position, then counts several of the kind. */
    public void add(int kind, int count, long position) {
        slideTo(position);
        counters[kind].add(count);
    }

    /**
     * Slides the window to the position; a position that it has already passed changes nothing.
     *
     * @return whether this call has moved it into another slice
     */
    public boolean slideTo(long position) {
        Marks seen = marks;
        while (position - seen.end() >= 0) {
            if (MARKS.compareAndSet(this, seen, seen.movedTo((position - origin) / width, this))) {
                slideLonger(position);
                return true;
            }
            seen = marks;
        }
        return false;
    }

    private void slideLonger(long position) {
        if (!reaches || size >= REACH) {
            return;
        }
        SlidingWindow known = longer;
        if (known == null) {
            known = new SlidingWindow(counters, REACH, REACH_SLICES, origin, false);
            known.slideTo(position);
            LONGER.compareAndSet(this, null, known);
        } else {
            known.slideTo(position);
        }
    }

    /**
     * The contents of the window, by kind. If they do not suffice: those of the shortest sufficient time of up to ten
     * minutes, or of all ten minutes.
     */
    public Reach reach(Predicate<long[]> suffices) {
        // The marks first: what is noted after the counts were read may be more than these.
        Marks near = marks;
        SlidingWindow known = longer;
        long[] starts = known == null ? near.starts() : known.marks.starts();
        long[] sums = sums();
        long[] counts = since(sums, near.starts(), near.starts().length - sums.length);
        if (known == null || size >= REACH || suffices.test(counts)) {
            return new Reach(counts, false);
        }
        for (int mark = 0; mark < starts.length; mark += sums.length) {
            counts = since(sums, starts, mark);
            if (suffices.test(counts)) {
                break;
            }
        }
        return new Reach(counts, true);
    }

    /**
     * The contents of the window, by kind. If all kinds together are below the least number: those of the shortest longer
     * time with that number, up to ten minutes, or of all ten minutes.
     */
    public Reach reach(long least) {
        Marks near = marks;
        SlidingWindow known = longer;
        long[] starts = known == null ? near.starts() : known.marks.starts();
        long[] sums = sums();
        long[] counts = since(sums, near.starts(), near.starts().length - sums.length);
        if (known == null || size >= REACH || sum(counts) >= least) {
            return new Reach(counts, false);
        }
        return new Reach(since(sums, starts, youngest(sum(sums) - least, starts) * sums.length), true);
    }

    /** The youngest mark at which no more than this had been counted, or else the oldest. */
    private int youngest(long most, long[] starts) {
        int youngest = 0;
        int oldest = starts.length / counters.length - 1;
        if (sum(starts, oldest) > most) {
            return oldest;
        }
        while (youngest < oldest) {
            int middle = (youngest + oldest) / 2;
            if (sum(starts, middle) <= most) {
                oldest = middle;
            } else {
                youngest = middle + 1;
            }
        }
        return youngest;
    }

    private long sum(long[] starts, int mark) {
        long sum = 0;
        for (int kind = 0; kind < counters.length; kind++) {
            sum += starts[mark * counters.length + kind];
        }
        return sum;
    }

    /** The sum over all kinds. */
    public static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    private long[] sums() {
        long[] sums = new long[counters.length];
        for (int kind = 0; kind < sums.length; kind++) {
            sums[kind] = counters[kind].sum();
        }
        return sums;
    }

    private static long[] since(long[] sums, long[] starts, int mark) {
        long[] counts = new long[sums.length];
        for (int kind = 0; kind < sums.length; kind++) {
            counts[kind] = sums[kind] - starts[mark + kind];
        }
        return counts;
    }

    /**
     * The contents of a window, or of a longer time.
     *
     * @param counts by kind
     * @param isLong whether they cover more than the window's own size
     */
    @SuppressWarnings("ArrayRecordComponent") // created for one reader
    public record Reach(long[] counts, boolean isLong) {}

    /** The number of the slice that is being filled: while it stays the same, counts only grow. */
    public long slice() {
        return marks.slice();
    }

    /** How many of the kind the window holds, as of its last position. */
    public long count(int kind) {
        Marks seen = marks;
        return counters[kind].sum() - seen.oldest(kind, counters.length);
    }

    /** How many of the kind were ever counted. */
    public long total(int kind) {
        return counters[kind].sum();
    }

    /** How many of the kind had been counted when the window's oldest slice began. */
    public long totalBefore(int kind) {
        return marks.oldest(kind, counters.length);
    }

    Marks marks(long slice, long[] starts) {
        return new Marks(slice, origin + (slice + 1) * width, starts);
    }
}
