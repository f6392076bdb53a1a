package dev.retrykit.internal.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.Together;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The last results, in slices of a twentieth at most: as many results as a power of two. */
class CountWindowTests {

    private static Thresholds of(int size) {
        return new Thresholds(size, 0, 20, 70, Thresholds.NEVER_SLOW, 100, 0);
    }

    private static CountWindow window(int size) {
        return CountWindow.of(size);
    }

    private static Window add(Window window, int times, boolean failed, boolean slow) {
        for (int i = 0; i < times; i++) {
            window.add(failed, slow, 0);
        }
        return window;
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(window(100).tally()).isEqualTo(CallCounts.NONE);
    }

    @Test
    void countsWhatFailsAndWhatIsSlow() {
        Window window = add(window(100), 3, false, false);
        add(add(add(window, 4, true, false), 5, false, true), 6, true, true);
        assertThat(window.tally()).isEqualTo(new CallCounts(18, 10, 11));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {1, 2, 19, 20, 21, 39, 100, 101, 1_000, 99_999})
    void neverHoldsLessThanItsSizeAndAtMostATenthMore(int size) {
        Window window = add(window(size), size, false, false);
        for (int i = 0; i < 3 * size; i++) {
            window.add(false, false, 0);
            assertThat(window.tally().calls()).isBetween((long) size, size + Math.max(size / 10L, 0L));
            i += size / 500;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void holdsTheSliceThatIsFilledAndAllBeforeThatTheSizeReachesInto(long seed) {
        Random random = new Random(seed);
        int size = 1 + random.nextInt(200);
        int width = Integer.highestOneBit(Math.max(1, size / 20));
        int full = (size - 1 + width - 1) / width;
        Window window = window(size);
        Deque<long[]> slices = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            boolean failed = random.nextInt(4) == 0;
            boolean slow = random.nextInt(5) == 0;
            if (slices.isEmpty() || slices.getLast()[0] == width) {
                slices.addLast(new long[3]);
            }
            if (slices.size() > full + 1) {
                slices.removeFirst();
            }
            long[] last = slices.getLast();
            last[0]++;
            last[1] += failed ? 1 : 0;
            last[2] += slow ? 1 : 0;
            window.add(failed, slow, 0);
            assertThat(window.tally()).isEqualTo(new CallCounts(sum(slices, 0), sum(slices, 1), sum(slices, 2)));
        }
    }

    /** Failures and slow calls overflow after two million, calls after four. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {1, 2, 20, 100, 1_000})
    void countsThatOverflowChangeNothing(int size) {
        Window window = add(window(size), 4 * size, true, true);
        for (int i = 4 * size; i < 9_000_000; i++) {
            window.add(true, true, 0);
            if ((i + size & 0xFFFFF) < 3 * size) {
                CallCounts tally = window.tally();
                assertThat(tally.calls()).as("%s", i).isBetween((long) size, size + Math.max(1, size / 10L));
                assertThat(tally.failures()).as("%s", i).isEqualTo(tally.calls());
                assertThat(tally.slowCalls()).as("%s", i).isEqualTo(tally.calls());
            }
        }
    }

    private static long sum(Deque<long[]> slices, int kind) {
        return slices.stream().mapToLong(slice -> slice[kind]).sum();
    }

    @ParameterizedTest(name = "{0} results, from {1} to {2}")
    @CsvSource({
        "0,    100,     10",
        "50,   100,   1000",
        "100,  100,    200",
        "500,  100,     20",
        "2000, 1000,    10",
        "2000, 1000,     1",
        "90,   10,    1000",
    })
    void ofAnotherSizeItHoldsWhatThatReachesInto(int results, int from, int to) {
        CountWindow before = window(from);
        add(before, results, true, false);
        long held = before.tally().calls();
        Window after = before.with(of(to), 0);
        int slice = Math.max(1, from / 20);
        assertThat(after.tally().calls())
                .isBetween(Math.min(held, (long) to) - 1, Math.min(held, to + slice + Math.max(1, to / 20)))
                .isEqualTo(after.tally().failures());
        add(after, to + to / 10 + slice + 2, false, false);
        assertThat(after.tally().failures()).isZero();
        assertThat(after.tally().calls()).isBetween((long) to, to + to / 10L);
    }

    @Test
    void ofTheSameSizeItIsTheSame() {
        CountWindow window = window(100);
        assertThat(window.with(of(100), 0)).isSameAs(window);
    }

    @Test
    void whatIsStillAddedToTheOneBeforeIsCountedInTheNext() {
        CountWindow before = window(100);
        add(before, 30, true, false);
        Window after = before.with(of(50), 0);
        Window last = after.with(of(200), 0);
        add(before, 3, false, true);
        assertThat(last.tally()).isEqualTo(new CallCounts(33, 30, 3));
    }

    @Test
    void changingTheLargestSizesBackAndForthOverflowsNothing() {
        CountWindow window = window(1_000_000);
        add(window, 1_000_000, true, true);
        Window changed = window;
        for (int i = 0; i < 20; i++) {
            changed = changed.with(of(i % 2 == 0 ? 999_999 : 1_000_000), 0);
            CallCounts tally = changed.tally();
            assertThat(tally.failures()).isEqualTo(tally.calls()).isEqualTo(tally.slowCalls());
            assertThat(tally.calls()).isBetween(900_000L, 1_000_000L);
        }
    }

    @RepeatedTest(10)
    void noCountIsLostBetweenThreadsAndSizes() throws Exception {
        CountWindow first = window(1_000_000);
        Window[] latest = {first};
        Together.run(4, () -> {
            for (int i = 0; i < 10_000; i++) {
                first.add(true, false, 0);
                if (i % 1_000 == 0) {
                    synchronized (latest) {
                        latest[0] = latest[0].with(of(500_000 + i), 0);
                    }
                }
            }
        });
        assertThat(latest[0].tally()).isEqualTo(new CallCounts(40_000, 40_000, 0));
    }
}
