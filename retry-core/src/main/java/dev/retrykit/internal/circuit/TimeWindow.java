package dev.retrykit.internal.circuit;

import dev.retrykit.internal.window.SlidingWindow;
import dev.retrykit.internal.window.SlidingWindow.Reach;
import org.jspecify.annotations.Nullable;

/** The results of a period of time. */
final class TimeWindow implements Window {

    private static final int SLOW = 1;
    private static final int FAILED = 2;
    private static final int KINDS = 4;
    private static final int SLICES = 10;

    private final long sizeNanos;
    private final SlidingWindow window;

    private TimeWindow(long sizeNanos, SlidingWindow window) {
        this.sizeNanos = sizeNanos;
        this.window = window;
    }

    static TimeWindow of(long sizeNanos, long nowNanos) {
        return new TimeWindow(sizeNanos, new SlidingWindow(KINDS, sizeNanos, SLICES, nowNanos, true));
    }

    @Override
    public void add(boolean failed, boolean slow, long nowNanos) {
        window.add((failed ? FAILED : 0) + (slow ? SLOW : 0), nowNanos);
    }

    @Override
    public long total() {
        return window.total(0) + window.total(SLOW) + window.total(FAILED) + window.total(FAILED + SLOW);
    }

    @Override
    public long others(boolean ofSlow) {
        return window.total(0) + window.total(ofSlow ? FAILED : SLOW);
    }

    @Override
    public long slice() {
        return window.slice();
    }

    @Override
    public void slideTo(long nowNanos) {
        window.slideTo(nowNanos);
    }

    @Override
    public <T extends @Nullable Object> T read(Reading<T> reading) {
        long failedFast = window.count(FAILED);
        long failedSlow = window.count(FAILED + SLOW);
        long slow = window.count(SLOW);
        long fine = window.count(0);
        return reading.of(fine + slow + failedFast + failedSlow, failedFast + failedSlow, slow + failedSlow);
    }

    @Override
    public Seen reach(int calls) {
        Reach reach = window.reach(calls);
        long[] counts = reach.counts();
        return new Seen(
                SlidingWindow.sum(counts),
                counts[FAILED] + counts[FAILED + SLOW],
                counts[SLOW] + counts[FAILED + SLOW],
                reach.isLong());
    }

    @Override
    public Window with(Thresholds thresholds, long nowNanos) {
        if (thresholds.isCounted()) {
            return Window.of(thresholds, nowNanos);
        }
        long size = thresholds.windowNanos();
        return size == sizeNanos ? this : new TimeWindow(size, window.resized(size, SLICES, nowNanos));
    }
}
