package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.KeyedBudgets;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.function.ThrowingCallable;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AllocationTests {

    private static final int CALLS = 100_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final ThrowingCallable<String, RuntimeException> body = () -> "result";

    /** Whole bytes per call: a window that slides once a second makes an object, which isn't one per call. */
    private long bytesPerCall(Retry retry) {
        call(retry);
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        call(retry);
        return (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / CALLS;
    }

    private void call(Retry retry) {
        for (int i = 0; i < CALLS; i++) {
            if (retry.call(body) == null) {
                throw new AssertionError();
            }
        }
    }

    @Test
    void aFirstAttemptThatSucceedsMakesNoObject() {
        assertThat(bytesPerCall(Retry.builder("bare").build())).isZero();
    }

    @Test
    void norDoesItWithCircuitBudgetListenerAndCounters() {
        Circuit circuit = Circuit.of(
                "full",
                CircuitPolicy.builder()
                        .consecutiveFailures(5)
                        .slowCall(Duration.ofSeconds(1), 50)
                        .build());
        assertThat(bytesPerCall(Retry.builder("full")
                        .circuit(circuit)
                        .counters(new RetryCounters())
                        .listener(event -> {
                            throw new AssertionError("no event on a first success");
                        })
                        .build()))
                .isZero();
    }

    @Test
    void norDoesItWithinATimeLimit() {
        assertThat(bytesPerCall(Retry.builder("limited")
                        .policy(RetryPolicy.builder()
                                .attemptTimeout(Duration.ofSeconds(5))
                                .build())
                        .build()))
                .isZero();
    }

    @Test
    void norDoesANestedOne() {
        Retry outer = Retry.builder("outer").build();
        Retry inner = Retry.builder("inner")
                .policy(RetryPolicy.builder().timeBudget(Duration.ofSeconds(1)).build())
                .build();
        ThrowingCallable<String, RuntimeException> nested = () -> inner.call(body);
        for (int i = 0; i < CALLS; i++) {
            outer.call(nested);
        }
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < CALLS; i++) {
            outer.call(nested);
        }
        long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(bytes / CALLS).isZero();
    }

    @Test
    void findingTheBudgetOfAKnownKeyMakesNoObject() {
        KeyedBudgets budgets = KeyedBudgets.of("hosts", BudgetPolicy.defaults());
        String[] hosts = {"a.example", "b.example", "c.example"};
        long bytes = 0;
        for (int round = 0; round < 2; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < CALLS; i++) {
                if (budgets.get(hosts[i % 3]).policy().isUnlimited()) {
                    throw new AssertionError();
                }
            }
            bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        }
        assertThat(bytes / CALLS).isZero();
    }
}
