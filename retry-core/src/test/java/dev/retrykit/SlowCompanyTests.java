package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.AttemptObserver;
import dev.retrykit.event.AttemptResult;
import dev.retrykit.event.Scope;
import dev.retrykit.time.ManualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Code of others that takes long before an attempt uses up nothing of the attempt's own limit. */
@Timeout(60)
class SlowCompanyTests {

    private static final Duration LIMIT = Duration.ofMillis(100);
    private static final Duration LONGER = Duration.ofMillis(150);
    private static final Duration SHORTER = Duration.ofMillis(30);

    @AfterEach
    void noInterruptIsLeft() {
        assertThat(Thread.interrupted()).isFalse();
    }

    private static RetryPolicy.Builder policy() {
        return RetryPolicy.builder()
                .maxAttempts(2)
                .attemptTimeout(LIMIT)
                .backoff(BackoffPolicy.fixed(Duration.ZERO))
                .jitter(Jitter.NONE);
    }

    /** Takes so long on the system's clock, whatever the interrupt flag says. */
    private static void work(Duration time) {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < time.toNanos()) {
            Thread.onSpinWait();
        }
    }

    private static boolean isCutMeanwhile() {
        work(SHORTER);
        return Thread.currentThread().isInterrupted();
    }

    @Test
    void anObserver() {
        AttemptObserver slow = new AttemptObserver() {

            @Override
            public boolean isWatching() {
                return true;
            }

            @Override
            public Watched begin(String policy, int number) {
                work(LONGER);
                return new Watched() {

                    @Override
                    public Scope enter() {
                        return () -> {};
                    }

                    @Override
                    public void end(AttemptResult result, @Nullable Throwable failure) {}
                };
            }
        };
        Retry retry = Retry.builder("observed")
                .policy(policy().build())
                .observer(slow)
                .build();
        assertThat(retry.call(SlowCompanyTests::isCutMeanwhile)).isFalse();
    }

    @Test
    void aListenerOfTheCircuitThatIsProbed() {
        Circuit circuit = Circuit.builder("probed")
                .policy(CircuitPolicy.builder()
                        .openDuration(SHORTER)
                        .openJitter(0)
                        .probes(1)
                        .build())
                .listener(event -> work(LONGER))
                .build();
        Retry retry = Retry.builder("probing")
                .policy(policy().build())
                .circuit(circuit)
                .build();
        circuit.forceOpen(SHORTER);
        work(SHORTER.multipliedBy(2));
        assertThat(retry.call(SlowCompanyTests::isCutMeanwhile)).isFalse();
        assertThat(circuit.state()).isEqualTo(CircuitState.CLOSED);
    }

    @Test
    void aClassifier() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Retry retry = Retry.builder("classified")
                .policy(policy().classifier(failure -> {
                            work(LONGER);
                            return null;
                        })
                        .build())
                .build();
        boolean cut = retry.call(() -> {
            if (attempts.incrementAndGet() == 1) {
                throw new ConnectException("first");
            }
            return isCutMeanwhile();
        });
        assertThat(cut).isFalse();
    }

    /** The time budget is asked before each attempt. */
    @Test
    void aClassifierThatUsesUpTheTimeBudgetEndsTheCall() {
        ManualTime time = new ManualTime();
        AtomicInteger attempts = new AtomicInteger();
        Retry retry = Retry.builder("classified")
                .timeSource(time)
                .budget(RetryBudget.of("classified", BudgetPolicy.unlimited(), time))
                .policy(policy().timeBudget(LIMIT)
                        .classifier(failure -> {
                            time.advance(LONGER);
                            return null;
                        })
                        .build())
                .build();
        assertThatThrownBy(() -> retry.call(() -> {
                    attempts.incrementAndGet();
                    throw new ConnectException("first");
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(attempts).hasValue(1);
    }
}
