package dev.retrykit.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random commands, to the circuit and to a naive model of it: both admit the same and show the same. 80 x 13,000. */
class CircuitModelTests {

    private static final int COMMANDS = 13_000;
    private static final Duration SLOW = Duration.ofMillis(50);

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 80);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void doesWhatTheModelDoes(int seed) {
        new Run(seed).run();
    }

    private static final class Run {

        private final int seed;
        private final Random random;
        private final long origin;
        private final ManualTime time;
        private final boolean slowCalls;
        private final int minimum;
        private final int windowSize;
        private final Circuit circuit;
        private final CircuitModel model;
        private final List<Held> held = new ArrayList<>();
        private int command;
        private double failureRate = 0.2;

        Run(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.origin = seed % 4 == 0 ? Long.MAX_VALUE - random.nextInt(1_000_000_000) : random.nextLong();
            this.time = new ManualTime(origin, Instant.EPOCH);
            this.slowCalls = random.nextBoolean();
            this.minimum = 1 + random.nextInt(30);
            this.windowSize = random.nextInt(100);
            CircuitPolicy policy = policy();
            this.circuit = Circuit.builder("model")
                    .policy(policy)
                    .timeSource(time)
                    .random(CircuitRig.MIDDLE)
                    .build();
            this.model = new CircuitModel(policy);
        }

        void run() {
            for (command = 0; command < COMMANDS; command++) {
                step(random.nextInt(1_000));
                if (random.nextInt(3) == 0) {
                    assertThat(circuit.snapshot()).as(at()).isEqualTo(model.snapshot(now()));
                }
            }
        }

        private void step(int dice) {
            if (dice < 420) {
                begin();
            } else if (dice < 880) {
                end();
            } else if (dice < 985) {
                time.advance(Duration.ofMillis(random.nextInt(dice % 10 == 0 ? 400 : 20)));
            } else if (dice < 993) {
                failureRate = new double[] {0, 0.2, 0.6, 1}[random.nextInt(4)];
            } else if (dice < 998) {
                byHand(dice);
            } else {
                CircuitPolicy other = policy();
                circuit.change(other);
                model.change(other, now());
            }
        }

        private void begin() {
            Permit permit = circuit.tryAcquire(time.nanoTime());
            Integer expected = model.tryAcquire(now());
            assertThat(permit != null).as(at()).isEqualTo(expected != null);
            if (permit != null && expected != null) {
                held.add(new Held(permit, expected));
            }
        }

        private void end() {
            if (held.isEmpty()) {
                return;
            }
            Held one = held.remove(random.nextInt(4) == 0 ? random.nextInt(held.size()) : held.size() - 1);
            if (random.nextInt(50) == 0) {
                return;
            }
            Signal signal = signal();
            boolean slow = random.nextInt(5) == 0;
            long took = slow ? SLOW.toNanos() + random.nextInt(3) : random.nextInt((int) SLOW.toNanos());
            circuit.end(one.permit, signal, time.nanoTime() - took, time.nanoTime());
            model.end(one.expected, signal, slow && circuit.policy().slowCallDuration() != null, now());
        }

        private void byHand(int dice) {
            switch (dice) {
                case 993, 994 -> {
                    circuit.reset();
                    model.reset(now());
                }
                case 995 -> {
                    if (random.nextBoolean()) {
                        circuit.forceOpen();
                        model.forceOpen(now());
                    } else {
                        Duration forced = Duration.ofMillis(1 + random.nextInt(300));
                        circuit.forceOpen(forced);
                        model.forceOpen(forced, now());
                    }
                }
                case 996 -> {
                    if (random.nextBoolean()) {
                        circuit.disable();
                        model.disable(now());
                    } else {
                        Duration disabled = Duration.ofMillis(1 + random.nextInt(300));
                        circuit.disable(disabled);
                        model.disable(disabled, now());
                    }
                }
                default -> {
                    circuit.halfOpen();
                    model.halfOpen(now());
                }
            }
        }

        private Signal signal() {
            if (random.nextInt(8) == 0) {
                return Signal.values()[random.nextInt(Signal.values().length)];
            }
            return random.nextDouble() < failureRate ? Signal.FAILURE : Signal.SUCCESS;
        }

        private CircuitPolicy policy() {
            CircuitPolicy.Builder builder = CircuitPolicy.builder();
            if (seed % 2 == 0) {
                builder.countWindow(30 + windowSize);
            } else {
                builder.timeWindow(Duration.ofMillis(10 + 20 * windowSize));
            }
            if (slowCalls) {
                builder.slowCall(SLOW, 20 + random.nextInt(81));
            }
            int calls = 1 + random.nextInt(minimum);
            return builder.minimumCalls(calls)
                    .probes(1 + random.nextInt(Math.min(8, calls)))
                    .dryRun(random.nextInt(6) == 0)
                    .failureRate(new double[] {1, 30, 50, 70, 100}[random.nextInt(5)])
                    .consecutiveFailures(random.nextInt(3) == 0 ? 1 + random.nextInt(8) : 0)
                    .openDuration(Duration.ofMillis(1 + random.nextInt(100)))
                    .openMultiplier(1 + random.nextInt(3))
                    .maxOpenDuration(Duration.ofMillis(150 + random.nextInt(400)))
                    .openJitter(random.nextDouble())
                    .lease(Duration.ofMillis(20 + random.nextInt(500)))
                    .build();
        }

        private long now() {
            return time.nanoTime() - origin;
        }

        private String at() {
            return "seed " + seed + ", command " + command;
        }
    }

    private record Held(Permit permit, int expected) {}
}
