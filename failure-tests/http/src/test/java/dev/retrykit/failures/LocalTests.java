package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import com.alibaba.csp.sentinel.slots.block.degrade.DegradeException;
import com.alibaba.csp.sentinel.slots.block.flow.FlowException;
import dev.failsafe.Bulkhead;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RateLimiter;
import dev.failsafe.Timeout;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.core.exception.AcquirePermissionCancelledException;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.MaxRetriesExceededException;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import jakarta.validation.ConstraintDeclarationException;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ValidationException;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.resilience.InvocationRejectedException;
import org.springframework.validation.method.MethodValidationException;
import org.springframework.validation.method.MethodValidationResult;

/** What never went out, and what layers of resilience beside this one decided. */
class LocalTests extends BookTests {

    static Stream<Row> rows() {
        return Stream.of(rejections(), resilience4j(), failsafe(), others(), springRetry(), validation())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> rejections() {
        Throwable rejected = rejectedByExecutor();
        return Stream.of(
                row("JDK: rejected", rejected, "neutral"),
                row("JDK: rejected, of a future", new CompletionException(rejected), "neutral"),
                row("Spring: task rejected", new TaskRejectedException("x", rejected), "neutral"),
                row("Spring: concurrency limit", new InvocationRejectedException("x", new Object()), "neutral"));
    }

    private static Stream<Row> resilience4j() {
        var circuit = io.github.resilience4j.circuitbreaker.CircuitBreaker.ofDefaults("a");
        circuit.transitionToOpenState();
        var bulkhead = io.github.resilience4j.bulkhead.Bulkhead.of(
                "a", BulkheadConfig.custom().maxConcurrentCalls(0).build());
        var limiter = io.github.resilience4j.ratelimiter.RateLimiter.of(
                "a",
                RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .timeoutDuration(Duration.ZERO)
                        .limitRefreshPeriod(Duration.ofHours(1))
                        .build());
        TimeLimiter slow = TimeLimiter.of(Duration.ofMillis(1));
        Throwable open = failureOf(() -> circuit.executeCallable(() -> ""));
        return Stream.of(
                row("Resilience4j: circuit open", open, "neutral"),
                row("Resilience4j: circuit open, in a wrapper", new RuntimeException("No orders", open), "neutral"),
                row(
                        "Resilience4j: circuit open, of a future",
                        new ExecutionException(CallNotPermittedException.createCallNotPermittedException(circuit)),
                        "neutral"),
                row("Resilience4j: bulkhead full", failureOf(() -> bulkhead.executeCallable(() -> "")), "neutral"),
                row(
                        "Resilience4j: rate limited",
                        failureOf(() -> limiter.executeCallable(1, () -> limiter.executeCallable(1, () -> ""))),
                        "neutral"),
                row("Resilience4j: permission cancelled", new AcquirePermissionCancelledException(), "neutral"),
                row(
                        "Resilience4j: time limit",
                        failureOf(() -> slow.executeFutureSupplier(CompletableFuture::new)),
                        "transient"),
                row(
                        "Resilience4j: results bad to the end",
                        MaxRetriesExceededException.createMaxRetriesExceededException(
                                Retry.of("a", RetryConfig.ofDefaults())),
                        "permanent"));
    }

    private static Stream<Row> failsafe() {
        CircuitBreaker<Object> circuit = CircuitBreaker.ofDefaults();
        circuit.open();
        Bulkhead<Object> bulkhead = Bulkhead.of(1);
        RateLimiter<Object> limiter =
                RateLimiter.burstyBuilder(1, Duration.ofHours(1)).build();
        return Stream.of(
                row(
                        "Failsafe: circuit open",
                        failureOf(() -> Failsafe.with(circuit).get(() -> "")),
                        "neutral"),
                row(
                        "Failsafe: bulkhead full",
                        failureOf(() -> Failsafe.with(bulkhead)
                                .get(() -> Failsafe.with(bulkhead).get(() -> ""))),
                        "neutral"),
                row(
                        "Failsafe: rate limited",
                        failureOf(() -> Failsafe.with(limiter)
                                .get(() -> Failsafe.with(limiter).get(() -> ""))),
                        "neutral"),
                row("Failsafe: time limit", timedOut(), "transient"),
                row(
                        "Failsafe: around a checked one",
                        new FailsafeException(new IOException("Connection reset")),
                        "transient"));
    }

    private static Stream<Row> others() {
        return Stream.of(
                row("MicroProfile: circuit open", new CircuitBreakerOpenException(), "neutral"),
                row("MicroProfile: bulkhead full", new BulkheadException(), "neutral"),
                row("MicroProfile: time limit", new TimeoutException(), "transient"),
                row("Sentinel: flow", new FlowException("orders"), "neutral"),
                row("Sentinel: circuit open", new CompletionException(new DegradeException("orders")), "neutral"));
    }

    private static Stream<Row> springRetry() {
        return Stream.of(
                row("Spring: retried inside", retried(2, new ConnectException("refused")), "nested"),
                row("Spring: not retried inside", retried(0, new ConnectException("refused")), "transient"),
                row("Spring: retried inside, local", retried(2, new RejectedExecutionException()), "neutral"));
    }

    private static Stream<Row> validation() {
        return Stream.of(
                row("Validation: violated", new ConstraintViolationException("x", Set.of()), "neutral"),
                row(
                        "Validation: violated, in a wrapper",
                        new RuntimeException(new ConstraintViolationException("x", Set.of())),
                        "neutral"),
                row("Validation: declared wrongly", new ConstraintDeclarationException("x"), "neutral"),
                row(
                        "Validation: a validator that failed",
                        new ValidationException("HV000028", new ConnectException("refused")),
                        "transient"),
                row(
                        "Spring: method arguments",
                        new MethodValidationException(MethodValidationResult.emptyResult()),
                        "neutral"));
    }

    private static Throwable rejectedByExecutor() {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        executor.shutdown();
        return failureOf(() -> executor.submit(() -> {}));
    }

    private static Throwable timedOut() {
        CountDownLatch never = new CountDownLatch(1);
        Timeout<Object> limit =
                Timeout.builder(Duration.ofMillis(50)).withInterrupt().build();
        return failureOf(() -> Failsafe.with(limit).get(() -> {
            never.await();
            return "";
        }));
    }

    private static Throwable retried(int times, Exception failure) {
        RetryTemplate template = new RetryTemplate(RetryPolicy.builder()
                .maxRetries(times)
                .delay(Duration.ofMillis(1))
                .build());
        return failureOf(() -> template.execute(() -> {
            throw failure;
        }));
    }
}
