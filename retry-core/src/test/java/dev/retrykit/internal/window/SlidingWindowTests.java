package dev.retrykit.internal.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingWindowTests {

    private static final int OK = 0;
    private static final int BAD = 1;

    @Test
    void isEmptyAtFirst() {
        SlidingWindow window = new SlidingWindow(2, 100, 10, 0);
        assertThat(window.count(OK)).isZero();
        assertThat(window.count(BAD)).isZero();
        assertThat(window.total(OK)).isZero();
        assertThat(window.totalBefore(OK)).isZero();
        assertThat(window.slice()).isZero();
    }

    @Test
    void countsEachKindForItself() {
        SlidingWindow window = new SlidingWindow(2, 100, 10, 0);
        window.add(OK, 1);
        window.add(OK, 2);
        window.add(BAD, 3);
        assertThat(window.count(OK)).isEqualTo(2);
        assertThat(window.count(BAD)).isEqualTo(1);
    }

    @ParameterizedTest(name = "added at {0}, seen at {1}: {2}")
    @CsvSource({
        "0,  0,   1",
        "0,  99,  1",
        "0,  109, 1",
        "0,  110, 0",
        "9,  109, 1",
        "9,  110, 0",
        "10, 110, 1",
        "10, 119, 1",
        "10, 120, 0",
        "55, 155, 1",
        "55, 159, 1",
        "55, 160, 0",
        "0,  1000000, 0",
    })
    void holdsTheSliceThatIsFilledAndAllBeforeThatTheSizeReachesInto(long added, long seen, long count) {
        SlidingWindow window = new SlidingWindow(1, 100, 10, 0);
        window.add(OK, added);
        window.slideTo(seen);
        assertThat(window.count(OK)).isEqualTo(count);
        assertThat(window.total(OK)).isEqualTo(1);
        assertThat(window.totalBefore(OK)).isEqualTo(1 - count);
    }

    @Test
    void aPositionThatHasPassedIsCountedNowAndMovesNothing() {
        SlidingWindow window = new SlidingWindow(1, 100, 10, 0);
        window.slideTo(500);
        window.add(OK, 3);
        window.slideTo(-1_000);
        assertThat(window.slice()).isEqualTo(50);
        assertThat(window.count(OK)).isEqualTo(1);
    }

    @Test
    void theSliceTellsWhetherItSlid() {
        SlidingWindow window = new SlidingWindow(1, 100, 10, 0);
        window.slideTo(9);
        assertThat(window.slice()).isZero();
        window.slideTo(10);
        assertThat(window.slice()).isEqualTo(1);
        window.slideTo(105);
        assertThat(window.slice()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 150, Long.MAX_VALUE, Long.MIN_VALUE, -7})
    void passesTheEndOfLong(long origin) {
        SlidingWindow window = new SlidingWindow(1, 100, 10, origin);
        for (int i = 0; i < 1_000; i++) {
            window.add(OK, origin + i);
            assertThat(window.count(OK)).isEqualTo(Math.min(i + 1, 100 + i % 10 + 1));
        }
    }

    @ParameterizedTest(name = "size {0} in {1} slices")
    @CsvSource({
        "1, 20",
        "2, 20",
        "7, 20",
        "10, 20",
        "19, 20",
        "20, 20",
        "21, 20",
        "39, 20",
        "40, 20",
        "41, 20",
        "59, 20",
        "60, 20",
        "99, 20",
        "100, 20",
        "101, 20",
        "119, 20",
        "997, 20",
        "1000, 20",
        "1, 10",
        "10, 10",
        "30, 10",
        "100, 10",
        "1000, 10",
        "5000, 10"
    })
    void neverHoldsLessThanItsSizeAndAtMostATenthMore(int size, int slices) {
        SlidingWindow window = new SlidingWindow(1, size, slices, 0);
        for (int i = 0; i < 5 * size; i++) {
            window.add(OK, i);
            assertThat(window.count(OK)).as("at %d", i).isBetween(Math.min(i + 1L, size), size + size / 10L);
        }
    }

    /** The model keeps every event, and counts those of the slices that the size reaches into. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isWhatANaiveListSays(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            int slices = random.nextBoolean() ? 10 : 20;
            long size = 1 + random.nextInt(300);
            long origin = random.nextBoolean() ? random.nextLong() : random.nextInt(1_000);
            SlidingWindow window = new SlidingWindow(3, size, slices, origin);
            Model model = new Model(size, slices, origin);
            long offset = 0;
            for (int command = 0; command < 500; command++) {
                int kind = random.nextInt(3);
                switch (random.nextInt(10)) {
                    case 0 -> offset += random.nextInt((int) size * 3);
                    case 1, 2, 3 -> offset += random.nextInt(1 + (int) size / 5);
                    case 4 -> {
                        window.slideTo(origin + offset);
                        model.slideTo(origin + offset);
                    }
                    case 5 -> {
                        long late = Math.max(0, offset - random.nextInt(1 + (int) size));
                        window.add(kind, origin + late);
                        model.add(kind, origin + late);
                    }
                    default -> {
                        window.add(kind, origin + offset);
                        model.add(kind, origin + offset);
                    }
                }
                for (int each = 0; each < 3; each++) {
                    assertThat(window.count(each))
                            .as("seed %d, round %d, command %d, kind %d", seed, round, command, each)
                            .isEqualTo(model.count(each));
                }
            }
        }
    }

    @Test
    void noCountIsLostBetweenThreads() throws InterruptedException {
        int threads = 4;
        int each = 100_000;
        SlidingWindow window = new SlidingWindow(2, Long.MAX_VALUE / 4, 10, 0);
        SlidingWindow turning = new SlidingWindow(2, 100, 20, 0);
        AtomicLong position = new AtomicLong();
        inThreads(threads, thread -> {
            for (int i = 0; i < each; i++) {
                window.add(i & 1, i);
                turning.add(i & 1, position.getAndIncrement());
            }
        });
        assertThat(window.count(OK)).isEqualTo((long) threads * each / 2);
        assertThat(window.count(BAD)).isEqualTo((long) threads * each / 2);
        assertThat(turning.total(OK) + turning.total(BAD)).isEqualTo((long) threads * each);
        for (int i = 0; i < 200; i++) {
            turning.add(OK, position.getAndIncrement());
        }
        assertThat(turning.count(OK)).isBetween(100L, 110L);
        assertThat(turning.count(BAD)).isZero();
    }

    @Test
    void whileItTurnsNoThreadSeesItEmpty() throws InterruptedException {
        int size = 1_000;
        SlidingWindow window = new SlidingWindow(1, size, 20, 0);
        AtomicLong position = new AtomicLong();
        for (int i = 0; i < size; i++) {
            window.add(OK, position.getAndIncrement());
        }
        AtomicLong least = new AtomicLong(Long.MAX_VALUE);
        inThreads(4, thread -> {
            long lowest = Long.MAX_VALUE;
            for (int i = 0; i < 50_000; i++) {
                window.add(OK, position.getAndIncrement());
                lowest = Math.min(lowest, window.count(OK));
            }
            least.accumulateAndGet(lowest, Math::min);
        });
        assertThat(least.get()).isGreaterThan(size / 2);
    }

    private interface Work {
        void run(int thread);
    }

    private static void inThreads(int count, Work work) throws InterruptedException {
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try {
                    begin.await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                work.run(number);
            });
            thread.start();
            threads.add(thread);
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static final class Model {

        private record Event(int kind, long slice) {}

        private final List<Event> events = new ArrayList<>();
        private final long width;
        private final long size;
        private final long origin;
        private long slice;

        Model(long size, int slices, long origin) {
            this.width = Math.max(1, size / slices);
            this.size = size;
            this.origin = origin;
        }

        void slideTo(long position) {
            slice = Math.max(slice, (position - origin) / width);
        }

        void add(int kind, long position) {
            slideTo(position);
            events.add(new Event(kind, slice));
        }

        long count(int kind) {
            long firstOfSlice = slice * width;
            long oldest = firstOfSlice - (size - 1);
            return events.stream()
                    .filter(event -> event.kind == kind && (event.slice + 1) * width > oldest)
                    .count();
        }
    }

    @Test
    void ofAnotherSizeItHoldsWhatThatReachesInto() {
        SlidingWindow window = new SlidingWindow(1, 100, 10, 0);
        for (int position = 0; position < 100; position += 10) {
            window.add(OK, position);
        }
        assertThat(window.resized(50, 10, 99).count(OK)).as("from 40 on").isEqualTo(6);
        assertThat(window.resized(100, 10, 99).count(OK)).isEqualTo(10);
        assertThat(window.resized(1_000, 10, 99).count(OK)).as("all there is").isEqualTo(10);
        assertThat(window.resized(1, 10, 99).count(OK)).as("its slice").isEqualTo(1);
    }

    /** One count at each position from 1,000 to 1,199: kind 0 before 1,160, then kind 1, kind 2 from 1,190 on. */
    private static SlidingWindow threeKinds() {
        SlidingWindow window = new SlidingWindow(3, 100, 10, 1_000);
        for (int position = 1_000; position < 1_200; position++) {
            window.add(position < 1_160 ? 0 : position < 1_190 ? 1 : 2, position);
        }
        return window;
    }

    @Test
    void ofAnotherSizeItForgetsEachKindInItsTurn() {
        SlidingWindow resized = threeKinds().resized(50, 5, 1_199);
        int[][] expected = {{20, 30, 10}, {10, 30, 10}, {0, 30, 10}, {0, 20, 10}, {0, 10, 10}, {0, 0, 10}, {0, 0, 0}};
        for (int turn = 0; turn < expected.length; turn++) {
            resized.slideTo(1_199 + 10 * turn);
            for (int kind = 0; kind < 3; kind++) {
                assertThat(resized.count(kind))
                        .as("kind %s, turn %s", kind, turn)
                        .isEqualTo(expected[turn][kind]);
            }
        }
    }

    @Test
    void ofAnotherSizeItHoldsNoMoreThanThatWhereTheSlicesMeet() {
        SlidingWindow resized = threeKinds().resized(50, 5, 1_200);
        assertThat(resized.count(0)).as("from 1,150 on").isEqualTo(10);
        assertThat(resized.count(1)).isEqualTo(30);
        assertThat(resized.count(2)).isEqualTo(10);
    }

    @Test
    void ofALargerSizeItHoldsOfEachKindWhatThereIs() {
        SlidingWindow resized = threeKinds().resized(1_000, 10, 1_199);
        assertThat(resized.count(0)).as("from 1,090 on").isEqualTo(70);
        assertThat(resized.count(1)).isEqualTo(30);
        assertThat(resized.count(2)).isEqualTo(10);
    }

    @Test
    void ofAnotherSizeItHoldsNothingThatTimeHasTaken() {
        SlidingWindow resized = threeKinds().resized(50, 5, 1_299);
        assertThat(resized.count(0) + resized.count(1) + resized.count(2)).isZero();
    }

    @Test
    void ofAnotherSizeItCountsWhatIsStillAddedToThisOne() {
        SlidingWindow window = new SlidingWindow(1, 100, 10, 0);
        SlidingWindow resized = window.resized(50, 10, 5);
        window.add(OK, 6);
        resized.add(OK, 7);
        assertThat(resized.count(OK)).isEqualTo(2);
    }

    /**
     * Never less than its size; never more than two of its slices beyond it, and where an older window's counts live on, a
     * slice of that one.
     */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void ofAnotherSizeItSlidesOn(int seed) {
        Random random = new Random(seed);
        long position = seed % 3 == 0 ? Long.MAX_VALUE - 500 : 0;
        long size = 100 + random.nextInt(400);
        SlidingWindow window = new SlidingWindow(1, size, 10, position);
        List<Long> surely = new ArrayList<>();
        List<Long> perhaps = new ArrayList<>();
        long changed = position;
        long slack = 0;
        for (int step = 0; step < 2_000; step++) {
            position += random.nextInt(5);
            window.add(OK, position);
            surely.add(position);
            perhaps.add(position);
            long now = position;
            if (now - changed > size + 2 * (size / 10) + slack) {
                slack = 0;
            }
            forget(surely, now - size);
            forget(perhaps, now - size - 2 * (size / 10) - slack - 1);
            assertThat(window.count(OK)).as("step %s", step).isBetween((long) surely.size(), (long) perhaps.size());
            if (random.nextInt(200) == 0) {
                slack += size / 10 + 1;
                size = 100 + random.nextInt(400);
                window = window.resized(size, 10, now);
                changed = now;
            }
        }
    }

    private static void forget(List<Long> positions, long upTo) {
        positions.removeIf(at -> at - upTo <= 0);
    }
}
