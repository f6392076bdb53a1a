package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.circuit.OpenBehavior;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitForCircuitTests {

    private final ManualTime time = new ManualTime();
    private final Random random = new Random(1);

    private Retry.Builder retry(RetryPolicy.Builder policy, RetryBudget budget) {
        return Retry.builder("shop")
                .policy(policy.build())
                .budget(budget)
                .timeSource(time)
                .random(random)
                .executor(Runnable::run);
    }

    /** Of 100 calls a second, the requests per tenth of a second. */
    private int[] requests(
            int seconds, Duration timeBudget, LongPredicate down, Circuit circuit, Runnable byHand, int byHandAt) {
        Retry retry = retry(
                        RetryPolicy.builder().timeBudget(timeBudget),
                        RetryBudget.of("b", BudgetPolicy.defaults(), time))
                .circuit(circuit)
                .build();
        int[] perTenth = new int[10 * seconds + 1];
        long origin = time.nanoTime();
        for (int call = 0; call < 100 * seconds; call++) {
            if (call == byHandAt * 100) {
                byHand.run();
            }
            retry.callAsync(() -> {
                long now = (time.nanoTime() - origin) / 1_000_000;
                perTenth[(int) Math.min(perTenth.length - 1, now / 100)]++;
                return down.test(now)
                        ? CompletableFuture.failedFuture(new ConnectException())
                        : CompletableFuture.completedFuture("");
            });
            time.advance(Duration.ofMillis(10));
        }
        return perTenth;
    }

    private Circuit waiting() {
        return Circuit.builder("w")
                .policy(CircuitPolicy.builder().onOpen(OpenBehavior.WAIT).build())
                .timeSource(time)
                .random(random)
                .build();
    }

    private static int most(int[] perTenth, int fromSecond, int toSecond) {
        return Arrays.stream(perTenth, fromSecond * 10, toSecond * 10).max().orElse(0);
    }

    @Test
    void whoWaitsComesBackSpread() {
        int[] r = requests(90, Duration.ofMinutes(2), ms -> ms > 20_000 && ms < 40_000, waiting(), () -> {}, -1);
        assertThat(most(r, 38, 90)).isLessThanOrEqualTo(40);
    }

    /** The dependency goes down again while those of the first outage are still coming back. */
    @Test
    void whoWaitsThroughTwoOutagesComesBackSpread() {
        int[] r = requests(
                120,
                Duration.ofMinutes(2),
                ms -> ms > 20_000 && ms < 40_000 || ms > 47_000 && ms < 60_000,
                waiting(),
                () -> {},
                -1);
        assertThat(most(r, 58, 120)).isLessThanOrEqualTo(40);
    }

    @Test
    void whoWaitsForACircuitThatWasHalfOpenedByHandComesBackSpread() {
        Circuit circuit = waiting();
        int[] r =
                requests(120, Duration.ofMinutes(2), ms -> ms > 20_000 && ms < 60_000, circuit, circuit::halfOpen, 45);
        assertThat(most(r, 58, 120)).isLessThanOrEqualTo(40);
    }

    @Test
    void whoWaitsForACircuitThatWasForcedOpenForATimeComesBackSpread() {
        Circuit circuit = waiting();
        int[] r = requests(
                90, Duration.ofMinutes(2), ms -> false, circuit, () -> circuit.forceOpen(Duration.ofSeconds(20)), 20);
        assertThat(most(r, 38, 90)).isLessThanOrEqualTo(40);
    }

    /** Its turn doesn't fit any more, since the probes took a while: it is told that the circuit, closed for seconds, is open. */
    @ParameterizedTest
    @ValueSource(ints = {10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40})
    void aClosedCircuitRejectsNobody(int seconds) {
        Circuit circuit = waiting();
        List<Throwable> rejectedWhileClosed = new ArrayList<>();
        Retry retry = retry(
                        RetryPolicy.builder().timeBudget(Duration.ofSeconds(seconds)),
                        RetryBudget.of("b", BudgetPolicy.defaults(), time))
                .circuit(circuit)
                .build();
        long origin = time.nanoTime();
        int[] perTenth = new int[2000];
        for (int call = 0; call < 9000; call++) {
            retry.callAsync(() -> {
                        long now = (time.nanoTime() - origin) / 1_000_000;
                        if (now > 20_000 && now < 40_000) {
                            return CompletableFuture.failedFuture(new ConnectException());
                        }
                        perTenth[(int) now / 100]++;
                        CompletableFuture<String> slow = new CompletableFuture<>();
                        time.schedule(() -> slow.complete(""), 1_500_000_000L);
                        return slow;
                    })
                    .whenComplete((ok, failure) -> {
                        if (failure instanceof CircuitOpenException && circuit.state() == CircuitState.CLOSED) {
                            rejectedWhileClosed.add(failure);
                        }
                    });
            time.advance(Duration.ofMillis(10));
        }
        System.out.println(
                "PEAK " + seconds + " " + Arrays.stream(perTenth).max().getAsInt());
        assertThat(rejectedWhileClosed).isEmpty();
    }
}
