package dev.retrykit.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.budget.RetryBudget.Asking;
import dev.retrykit.budget.RetryBudget.Token;
import dev.retrykit.failure.Signal;
import dev.retrykit.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random commands, to the budget and to a naive model of it: both grant the same and hold the same. 40 x 6,000 commands. */
@Tag("slow")
class RetryBudgetModelTests {

    private static final int COMMANDS = 6_000;

    /** Spreads nothing up or down. */
    private static final RandomGenerator MIDDLE = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public double nextDouble() {
            return 0.5;
        }
    };

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 40);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void grantsWhatTheModelGrants(int seed) {
        Random random = new Random(seed);
        BudgetPolicy policy = policy(random, Duration.ofMillis((long) pick(random, 10, 100, 1_000, 10_000)));
        ManualTime time = new ManualTime();
        RetryBudget budget = RetryBudget.of("model", policy, time);
        BudgetModel model = new BudgetModel(policy, time.nanoTime());
        List<Token> outstanding = new ArrayList<>();
        double failureRate = 0.1;
        for (int command = 0; command < COMMANDS; command++) {
            long now = time.nanoTime();
            String at = "seed " + seed + ", command " + command + ", " + policy;
            int dice = random.nextInt(100);
            if (dice < 10) {
                Signal signal = signal(random, failureRate);
                budget.record(signal, now);
                model.record(signal, now);
            } else if (dice < 60) {
                Signal signal = signal(random, failureRate);
                int failed = random.nextInt(3) * random.nextInt(2);
                budget.record(signal, failed, now);
                model.record(signal, failed, now);
            } else if (dice < 80) {
                int retry = 1 + random.nextInt(3);
                Token before = retry == 1 ? null : Token.values()[random.nextInt(Token.values().length - 1)];
                Token token = budget.tryAcquire(new Asking(retry, before, MIDDLE), now);
                assertThat(token).as(at).isEqualTo(model.tryAcquire(retry, before, now));
                keep(outstanding, token);
            } else if (dice < 84) {
                if (!outstanding.isEmpty()) {
                    Token token = outstanding.remove(random.nextInt(outstanding.size()));
                    budget.giveBack(token);
                    model.giveBack(token, now);
                }
            } else if (dice < 87) {
                if (!outstanding.isEmpty()) {
                    Token token = outstanding.remove(random.nextInt(outstanding.size()));
                    budget.succeeded(token, now, now);
                    model.succeeded(token, now);
                }
            } else if (dice < 92) {
                if (!outstanding.isEmpty()) {
                    outstanding.remove(random.nextInt(outstanding.size()));
                }
            } else if (dice < 99) {
                time.advance(policy.window().multipliedBy(random.nextInt(400)).dividedBy(1_000));
            } else if (random.nextBoolean()) {
                BudgetPolicy other = policy(random, policy.window());
                budget.change(other);
                model.change(other, now);
            } else {
                failureRate = pick(random, 0, 0.1, 0.5, 1);
                time.advance(Duration.ofSeconds(random.nextInt(4) == 0 ? random.nextInt(700) : 0));
                time.advance(policy.window().multipliedBy(random.nextInt(3)));
            }
            if (random.nextInt(3) == 0) {
                assertSame(budget.snapshot(), model, time.nanoTime(), at);
            }
        }
    }

    private static BudgetPolicy policy(Random random, Duration window) {
        return BudgetPolicy.builder()
                .ratio(pick(random, 0, 0.05, 0.1, 0.25, 0.333, 1, 1.5))
                .window(window)
                .reserve(random.nextInt(8))
                .minSuccess(pick(random, 0, 30, 60, 90, 100))
                .build();
    }

    private static void assertSame(BudgetSnapshot snapshot, BudgetModel model, long now, String at) {
        boolean same = snapshot.available() == model.available(now)
                && snapshot.reserve() == model.reserve()
                && snapshot.attempts() == model.attempts(now)
                && snapshot.successes() == model.successes(now);
        if (!same) {
            assertThat(snapshot)
                    .as(at)
                    .isEqualTo(new BudgetSnapshot(
                            snapshot.name(),
                            false,
                            model.available(now),
                            model.reserve(),
                            model.attempts(now),
                            model.successes(now),
                            snapshot.granted(),
                            snapshot.denied()));
        }
    }

    private static void keep(List<Token> outstanding, @Nullable Token token) {
        if (token != null) {
            outstanding.add(token);
        }
    }

    private static Signal signal(Random random, double failureRate) {
        if (random.nextInt(20) == 0) {
            return Signal.values()[random.nextInt(Signal.values().length)];
        }
        return random.nextDouble() < failureRate ? Signal.FAILURE : Signal.SUCCESS;
    }

    private static double pick(Random random, double... values) {
        return values[random.nextInt(values.length)];
    }
}
