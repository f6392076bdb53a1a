package dev.retrykit.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.circuit.ReentrantUses.Held;
import dev.retrykit.circuit.ReentrantUses.Told;
import dev.retrykit.failure.Signal;
import dev.retrykit.internal.thread.HeldPermit;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commands, to the circuit and to a naive model of it: both admit the same and show the same. Some are uses inside
 * of calls that run, or ran. 80 x 13,000.
 */
class CircuitModelTests {

    private static final int COMMANDS = 13_000;
    private static final Duration SLOW = Duration.ofMillis(50);

    /** Of windows of time. A slice of each fits into the 10 s of those that a window reaches back by. */
    private static final int[] WINDOWS = {10, 20, 50, 100, 200, 500, 1_000, 2_000};

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
        private final CircuitCounters counters = new CircuitCounters();
        private final CircuitModel model;
        private final ReentrantUses uses;
        private final List<Held> held = new ArrayList<>();

        /** What has ended lately, or was lost, and may still be carried somewhere. */
        private final Deque<Held> over = new ArrayDeque<>();

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
                    .classifier(ReentrantUses::classify)
                    .counters(counters)
                    .build();
            this.model = new CircuitModel(policy);
            this.uses = new ReentrantUses(circuit, model, random, this::now);
        }

        void run() {
            for (command = 0; command < COMMANDS; command++) {
                step(random.nextInt(1_000));
                if (random.nextInt(3) == 0) {
                    assertThat(circuit.snapshot()).as(at()).isEqualTo(model.snapshot(now()));
                    assertThat(counted()).as(at()).isEqualTo(model.counted());
                }
            }
        }

        private void step(int dice) {
            if (dice < 370) {
                begin();
            } else if (dice < 500) {
                use();
            } else if (dice < 880) {
                end();
            } else if (dice < 985) {
                time.advance(Duration.ofMillis(random.nextInt(dice % 10 == 0 ? 400 : 20)));
                if (random.nextInt(200) == 0) {
                    time.advance(Duration.ofSeconds(random.nextInt(random.nextBoolean() ? 30 : 700)));
                }
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
            boolean first = random.nextBoolean();
            Permit permit = first ? circuit.tryAcquireFirst(time.nanoTime()) : circuit.tryAcquire(time.nanoTime());
            Integer expected = model.tryAcquire(first, now());
            assertThat(permit != null).as(at()).isEqualTo(expected != null);
            if (permit != null && expected != null) {
                boolean covers = model.coversRetries(expected);
                assertThat(permit.coversRetries()).as(at()).isEqualTo(covers);
                held.add(new Held(permit, null, expected, new HeldPermit(circuit, !covers, null), covers, null, now()));
            }
        }

        private void use() {
            List<Held> known = random.nextInt(4) == 0 ? List.copyOf(over) : held;
            if (!known.isEmpty()) {
                Held use = uses.inside(known.get(random.nextInt(known.size())), at());
                if (use != null) {
                    held.add(use);
                }
            }
        }

        private void end() {
            if (held.isEmpty()) {
                return;
            }
            Held one = held.remove(random.nextInt(4) == 0 ? random.nextInt(held.size()) : held.size() - 1);
            over.add(one);
            if (over.size() > 10) {
                over.remove();
            }
            if (random.nextInt(50) == 0) {
                return;
            }
            one.over();
            if (one.permit != null) {
                end(one, one.permit);
            } else {
                endStage(one);
            }
        }

        private void end(Held one, Permit permit) {
            Signal signal = signal();
            boolean slow = random.nextInt(5) == 0;
            long took = slow ? SLOW.toNanos() + random.nextInt(3) : random.nextInt((int) SLOW.toNanos());
            one.hold.end();
            circuit.end(permit, signal, time.nanoTime() - took, time.nanoTime());
            model.end(one.expected, signal, slow && circuit.policy().slowCallDuration() != null, took, now());
        }

        private void endStage(Held one) {
            Signal signal = signal();
            if (signal == Signal.SUCCESS) {
                one.stage.complete("done");
            } else {
                one.stage.completeExceptionally(new Told(signal));
            }
            if (one.expected != null) {
                boolean slow = circuit.policy().slowCallDuration() != null && now() - one.began >= SLOW.toNanos();
                model.end(one.expected, signal, slow, now() - one.began, now());
            }
        }

        private List<Long> counted() {
            return Stream.of(Result.values())
                    .map(result -> counters.calls(result, false) + counters.calls(result, true))
                    .toList();
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
                builder.timeWindow(Duration.ofMillis(WINDOWS[windowSize % WINDOWS.length]));
            }
            if (slowCalls) {
                builder.slowCall(SLOW, 20 + random.nextInt(81));
            }
            int calls = 1 + random.nextInt(minimum);
            return builder.minimumCalls(calls)
                    .probes(1 + random.nextInt(Math.min(8, calls)))
                    .dryRun(random.nextInt(6) == 0)
                    .blocks(random.nextInt(4) == 0 ? BlockScope.RETRIES : BlockScope.ALL)
                    .failureRate(new double[] {1, 30, 50, 70, 100}[random.nextInt(5)])
                    .consecutiveFailures(random.nextInt(3) == 0 ? 1 + random.nextInt(8) : 0)
                    .openDuration(Duration.ofMillis(1 + random.nextInt(100)))
                    .openMultiplier(1 + random.nextInt(3))
                    .maxOpenDuration(Duration.ofMillis(150 + random.nextInt(400)))
                    .openJitter(random.nextDouble())
                    .lease(Duration.ofMillis(20 + random.nextInt(random.nextBoolean() ? 500 : 3_000)))
                    .build();
        }

        private long now() {
            return time.nanoTime() - origin;
        }

        private String at() {
            return "seed " + seed + ", command " + command;
        }
    }
}
