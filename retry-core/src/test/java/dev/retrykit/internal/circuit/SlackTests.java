package dev.retrykit.internal.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.internal.circuit.Window.Seen;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares results that use slack with results that are looked at each time. */
class SlackTests {

    private static final int RESULTS = 60_000;
    private static final long SECOND = 1_000_000_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    void opensExactlyWhereALookAfterEachResultWould(int seed) {
        Random random = new Random(seed);
        Thresholds thresholds = thresholds(random);
        long now = 0;
        ClosedWindow results = new ClosedWindow(thresholds, now);
        EachTime each = new EachTime(thresholds, now);
        Traffic traffic = Traffic.random(random);
        int opened = 0;
        for (int i = 0; i < RESULTS; i++) {
            if (random.nextInt(400) == 0) {
                traffic = Traffic.random(random);
                now += random.nextInt(4) == 0 ? random.nextLong(15_000_000_000L) : 0;
            }
            now += random.nextLong(2 * traffic.pauseNanos);
            Signal signal = random.nextDouble() < traffic.failing ? Signal.FAILURE : Signal.SUCCESS;
            boolean slow = thresholds.countsSlowCalls() && random.nextDouble() < traffic.slow;
            long took = random.nextInt(10) == 0 ? random.nextLong(2_000_000_000L) : 1_000;
            boolean opens = results.add(signal, slow, now - took, now);
            assertThat(opens)
                    .as("result %s of %s at %s ns", i, thresholds, now)
                    .isEqualTo(each.add(signal, slow, now - took, now));
            if (opens) {
                opened++;
                results = new ClosedWindow(thresholds, now);
                each = new EachTime(thresholds, now);
            }
        }
        assertThat(opened).isPositive();
    }

    private static Thresholds thresholds(Random random) {
        double failureRate = new double[] {20, 50, 70, 100}[random.nextInt(4)];
        int minimumCalls = 1 + random.nextInt(random.nextBoolean() ? 20 : 400);
        int countWindow = random.nextInt(4) == 0 ? 400 : 0;
        long window = countWindow > 0 ? 0 : SECOND * (1 + random.nextInt(20));
        boolean slow = random.nextBoolean();
        double slowCallRate = slow ? new double[] {30, 80, 100}[random.nextInt(3)] : 100;
        return new Thresholds(
                countWindow,
                window,
                minimumCalls,
                failureRate,
                slow ? SECOND / 2 : Thresholds.NEVER_SLOW,
                slowCallRate,
                0);
    }

    /** How calls come and end for a while. */
    private record Traffic(long pauseNanos, double failing, double slow) {

        static Traffic random(Random random) {
            long pause = new long[] {10_000, 1_000_000, 20_000_000, 400_000_000}[random.nextInt(4)];
            return new Traffic(pause, share(random), share(random));
        }

        private static double share(Random random) {
            return new double[] {0, 0.02, 0.1, 0.3, 0.6, 1}[random.nextInt(6)];
        }
    }

    /** The rules without slack. */
    private static final class EachTime {

        private final Thresholds thresholds;
        private final Window window;
        private final Evidence evidence;
        private long settled = Long.MIN_VALUE;

        EachTime(Thresholds thresholds, long nowNanos) {
            this.thresholds = thresholds;
            this.window = Window.of(thresholds, nowNanos);
            this.evidence = new Evidence(nowNanos);
        }

        boolean add(Signal signal, boolean slow, long startedNanos, long nowNanos) {
            boolean bad = signal.isFailure() || slow;
            window.slideTo(nowNanos);
            Seen before = window.reach(thresholds.minimumCalls());
            if (bad) {
                evidence.consider(before, window.reach(0), thresholds, startedNanos);
            }
            window.add(signal.isFailure(), slow, nowNanos);
            if (!bad && window.slice() == settled) {
                return false;
            }
            Seen seen = window.reach(bad ? thresholds.minimumCalls() : 0);
            boolean enough = seen.calls() >= thresholds.minimumCalls();
            boolean reached = enough
                    && thresholds.isReached(seen.failures(), seen.slowCalls(), seen.calls(), seen.isLong() ? 90 : 0);
            settled = enough && !reached && !seen.isLong() ? window.slice() : Long.MIN_VALUE;
            return reached && (thresholds.isCounted() || evidence.suffices(nowNanos));
        }
    }
}
