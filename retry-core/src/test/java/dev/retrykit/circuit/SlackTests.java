package dev.retrykit.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.Window.Seen;
import dev.retrykit.failure.Signal;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares results that use slack with results that are looked at each time. */
class SlackTests {

    private static final int RESULTS = 60_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    void opensExactlyWhereALookAfterEachResultWould(int seed) {
        Random random = new Random(seed);
        CircuitPolicy policy = policy(random);
        long now = 0;
        ClosedWindow results = new ClosedWindow(policy, now);
        EachTime each = new EachTime(policy, now);
        Traffic traffic = Traffic.random(random);
        int opened = 0;
        for (int i = 0; i < RESULTS; i++) {
            if (random.nextInt(400) == 0) {
                traffic = Traffic.random(random);
                now += random.nextInt(4) == 0 ? random.nextLong(15_000_000_000L) : 0;
            }
            now += random.nextLong(2 * traffic.pauseNanos);
            Signal signal = random.nextDouble() < traffic.failing ? Signal.FAILURE : Signal.SUCCESS;
            boolean slow = policy.slowCallDuration() != null && random.nextDouble() < traffic.slow;
            long took = random.nextInt(10) == 0 ? random.nextLong(2_000_000_000L) : 1_000;
            boolean opens = results.add(signal, slow, now - took, now);
            assertThat(opens)
                    .as("result %s of %s at %s ns", i, policy, now)
                    .isEqualTo(each.add(signal, slow, now - took, now));
            if (opens) {
                opened++;
                results = new ClosedWindow(policy, now);
                each = new EachTime(policy, now);
            }
        }
        assertThat(opened).isPositive();
    }

    private static CircuitPolicy policy(Random random) {
        CircuitPolicy.Builder policy = CircuitPolicy.builder()
                .failureRate(new double[] {20, 50, 70, 100}[random.nextInt(4)])
                .minimumCalls(1 + random.nextInt(random.nextBoolean() ? 20 : 400));
        if (random.nextInt(4) == 0) {
            policy.countWindow(400);
        } else {
            policy.timeWindow(Duration.ofSeconds(1 + random.nextInt(20)));
        }
        if (random.nextBoolean()) {
            policy.slowCall(Duration.ofMillis(500), new double[] {30, 80, 100}[random.nextInt(3)]);
        }
        return policy.build();
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

        private final CircuitPolicy policy;
        private final Window window;
        private final Evidence evidence;
        private long settled = Long.MIN_VALUE;

        EachTime(CircuitPolicy policy, long nowNanos) {
            this.policy = policy;
            this.window = Window.of(policy, nowNanos);
            this.evidence = new Evidence(nowNanos);
        }

        boolean add(Signal signal, boolean slow, long startedNanos, long nowNanos) {
            boolean bad = signal.isFailure() || slow;
            window.slideTo(nowNanos);
            Seen before = window.reach(policy.minimumCalls());
            if (bad) {
                evidence.consider(before, window.reach(0), policy, startedNanos);
            }
            window.add(signal.isFailure(), slow, nowNanos);
            if (!bad && window.slice() == settled) {
                return false;
            }
            Seen seen = window.reach(bad ? policy.minimumCalls() : 0);
            boolean enough = seen.calls() >= policy.minimumCalls();
            boolean reached =
                    enough && policy.isReached(seen.failures(), seen.slowCalls(), seen.calls(), seen.isLong() ? 90 : 0);
            settled = enough && !reached && !seen.isLong() ? window.slice() : Long.MIN_VALUE;
            return reached && (policy.isCounted() || evidence.suffices(nowNanos));
        }
    }
}
