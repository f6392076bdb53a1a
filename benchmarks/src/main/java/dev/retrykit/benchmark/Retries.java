package dev.retrykit.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicyBuilder;
import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.backoff.BackoffPolicy;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.budget.BudgetPolicy;
import dev.retrykit.budget.RetryBudget;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import org.springframework.core.retry.RetryTemplate;

/** What is compared: three attempts, no delay where a call fails, and every failure is retried. */
final class Retries {

    private static final int ATTEMPTS = 3;
    private static final Duration FOR_EVER = Duration.ofDays(100_000);

    private Retries() {}

    /** Bounded by its attempts alone, as the others are. */
    static Retry bare() {
        return Retry.builder("bare")
                .policy(withoutDelay().timeBudget(FOR_EVER).build())
                .budget(RetryBudget.of("bare", BudgetPolicy.unlimited()))
                .build();
    }

    /** As it is without any setting, but for the failures that it retries and its delay. */
    static Retry standard() {
        return Retry.builder("standard").policy(withoutDelay().build()).build();
    }

    static RetryPolicy.Builder withoutDelay() {
        return RetryPolicy.builder()
                .maxAttempts(ATTEMPTS)
                .retryOn(Work.Failure.class)
                .backoff(BackoffPolicy.fixed(Duration.ZERO))
                .jitter(Jitter.NONE);
    }

    static io.github.resilience4j.retry.Retry resilience4j() {
        return io.github.resilience4j.retry.Retry.of(
                "benchmark",
                RetryConfig.custom()
                        .maxAttempts(ATTEMPTS)
                        .intervalFunction(attempt -> 0L)
                        .build());
    }

    static dev.failsafe.RetryPolicy<Object> failsafe() {
        RetryPolicyBuilder<Object> policy = dev.failsafe.RetryPolicy.builder();
        return policy.withMaxAttempts(ATTEMPTS).build();
    }

    static FailsafeExecutor<Object> failsafeExecutor() {
        return Failsafe.with(failsafe());
    }

    /** That of Spring Framework 7. */
    static RetryTemplate springFramework() {
        return new RetryTemplate(org.springframework.core.retry.RetryPolicy.builder()
                .maxRetries(ATTEMPTS - 1)
                .delay(Duration.ZERO)
                .build());
    }

    static org.springframework.retry.support.RetryTemplate springRetry() {
        return org.springframework.retry.support.RetryTemplate.builder()
                .maxAttempts(ATTEMPTS)
                .noBackoff()
                .build();
    }
}
