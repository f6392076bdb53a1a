package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import dev.retrykit.event.CallOutcome;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class ChangedPolicyTests {

    private final ManualTime time = new ManualTime();
    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void theNextCallTakesTheOtherSettings() {
        Retry retry = retry(3);
        retry.change(RetryPolicy.builder().maxAttempts(5).build());
        assertThatThrownBy(() -> retry.call(this::fail)).isInstanceOf(ConnectException.class);
        assertThat(attempts).hasValue(5);
        assertThat(retry.policy().maxAttempts()).isEqualTo(5);
    }

    @Test
    void soDoItsPartsAlsoThoseThatWereMadeBefore() {
        Retry retry = retry(3);
        Retry part = retry.with(null, RetryBudget.of("part", BudgetPolicy.unlimited(), time));
        retry.change(RetryPolicy.builder().maxAttempts(2).build());
        assertThatThrownBy(() -> part.call(this::fail)).isInstanceOf(ConnectException.class);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void aCallThatRetriesKeepsTheSettingsThatItHas() {
        Retry retry = retry(4);
        assertThatThrownBy(() -> retry.call(() -> {
                    if (attempts.get() == 1) {
                        retry.change(RetryPolicy.builder().maxAttempts(1).build());
                    }
                    return fail();
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(attempts).hasValue(4);
    }

    @Test
    void soDoesAnAsynchronousOne() {
        Retry retry = retry(4);
        CompletableFuture<String> call = retry.callAsync(() -> {
            attempts.incrementAndGet();
            return CompletableFuture.failedFuture(new ConnectException("refused"));
        });
        retry.change(RetryPolicy.builder().maxAttempts(1).build());
        time.advance(Duration.ofMinutes(1));
        assertThatThrownBy(call::join).isInstanceOf(CompletionException.class);
        assertThat(attempts).hasValue(4);
    }

    @Test
    void anAttemptTimeoutThatComesWhileTheFirstAttemptRunsCutsTheOnesAfterIt() {
        Retry retry = retry(2);
        assertThatThrownBy(() -> retry.call(() -> {
                    assertThat(RetryContext.current()).isPresent();
                    retry.change(RetryPolicy.builder()
                            .maxAttempts(2)
                            .attemptTimeout(Duration.ofSeconds(1))
                            .build());
                    return fail();
                }))
                .isInstanceOf(ConnectException.class);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void noCountIsLost() throws Exception {
        RetryCounters counters = new RetryCounters();
        Retry retry = Retry.builder("inventory")
                .timeSource(time)
                .counters(counters)
                .budget(RetryBudget.of("inventory", BudgetPolicy.unlimited(), time))
                .build();
        LongAdder made = new LongAdder();
        Thread[] callers = new Thread[3];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = new Thread(() -> {
                for (int call = 0; call < 20_000; call++) {
                    boolean fails = call % 10 == 0;
                    made.increment();
                    try {
                        retry.call(() -> succeedsAfter(fails));
                    } catch (IOException failed) {
                        // counted all the same
                    }
                }
            });
            callers[i].start();
        }
        for (int change = 0; change < 1_000; change++) {
            retry.change(RetryPolicy.builder().maxAttempts(1 + change % 4).build());
        }
        for (Thread caller : callers) {
            caller.join();
        }
        long counted = 0;
        for (CallOutcome outcome : CallOutcome.values()) {
            counted += counters.calls(outcome);
        }
        assertThat(counted).isEqualTo(made.sum());
    }

    private static String succeedsAfter(boolean failure) throws IOException {
        if (failure && RetryContext.current().orElseThrow().attempt() == 1) {
            throw new ConnectException("refused");
        }
        return "stock";
    }

    @Test
    void settingsAreNotNull() {
        assertThatNullPointerException().isThrownBy(() -> retry(3).change(null));
    }

    private Retry retry(int maxAttempts) {
        return Retry.builder("inventory")
                .executor(Runnable::run)
                .policy(RetryPolicy.builder().maxAttempts(maxAttempts).build())
                .timeSource(time)
                .build();
    }

    private String fail() throws IOException {
        attempts.incrementAndGet();
        throw new ConnectException("refused");
    }
}
