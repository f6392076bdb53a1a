package dev.retrykit.benchmark;

import dev.retrykit.circuit.Circuit;
import dev.retrykit.circuit.CircuitPolicy;
import dev.retrykit.circuit.CircuitState;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;

/**
 * The circuits that are compared: closed ones that stay so whatever fails, with windows of 10 s or of 100 calls, and open
 * ones. Slow calls are those of a minute. Resilience4j always looks for them, Failsafe never does.
 */
final class Circuits {

    /** Reached while JMH warms up: from then on a success doesn't look at the rates each time. */
    static final int REACHED = 1_000_000;

    /** More than a window gets to see: nothing but failures, and still closed. */
    static final int NEVER_REACHED = Integer.MAX_VALUE;

    private static final Duration SLOW = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);

    private Circuits() {}

    /** Opens at 100 % of so many calls. */
    static CircuitPolicy.Builder opensAt(int minimumCalls) {
        return CircuitPolicy.builder()
                .failureRate(100)
                .minimumCalls(minimumCalls)
                .timeWindow(Duration.ofSeconds(10));
    }

    static Circuit plain(int minimumCalls) {
        return Circuit.of("plain", opensAt(minimumCalls).build());
    }

    static Circuit timed(int minimumCalls) {
        return Circuit.of("timed", opensAt(minimumCalls).slowCall(SLOW, 100).build());
    }

    static Circuit counted() {
        return Circuit.of(
                "counted",
                CircuitPolicy.builder()
                        .countWindow(100)
                        .minimumCalls(100)
                        .failureRate(100)
                        .build());
    }

    static CircuitBreaker resilience4j(SlidingWindowType type, int size, int minimumCalls) {
        return CircuitBreaker.of(
                "benchmark",
                CircuitBreakerConfig.custom()
                        .slidingWindow(size, minimumCalls, type)
                        .failureRateThreshold(100)
                        .slowCallDurationThreshold(SLOW)
                        .slowCallRateThreshold(100)
                        .build());
    }

    static CircuitBreaker resilience4jTimed(int minimumCalls) {
        return resilience4j(SlidingWindowType.TIME_BASED, 10, minimumCalls);
    }

    static CircuitBreaker resilience4jCounted() {
        return resilience4j(SlidingWindowType.COUNT_BASED, 100, 100);
    }

    static dev.failsafe.CircuitBreaker<Object> failsafeTimed(int minimumCalls) {
        return dev.failsafe.CircuitBreaker.builder()
                .withFailureRateThreshold(100, minimumCalls, Duration.ofSeconds(10))
                .build();
    }

    static dev.failsafe.CircuitBreaker<Object> failsafeCounted() {
        return dev.failsafe.CircuitBreaker.builder()
                .withFailureThreshold(100, 100)
                .build();
    }

    static Circuit opensForADay() {
        return Circuit.of(
                "open",
                CircuitPolicy.builder().consecutiveFailures(1).openDuration(DAY).build());
    }

    static void open(Circuit circuit) {
        try {
            circuit.run(() -> {
                throw new Work.Failure();
            });
        } catch (Work.Failure opened) {
            if (circuit.state() != CircuitState.OPEN) {
                throw new IllegalStateException("it should be open now", opened);
            }
        }
    }

    static CircuitBreaker resilience4jOpensForADay(boolean stackTraces) {
        return CircuitBreaker.of(
                "open",
                CircuitBreakerConfig.custom()
                        .waitDurationInOpenState(DAY)
                        .writableStackTraceEnabled(stackTraces)
                        .build());
    }

    static dev.failsafe.CircuitBreaker<Object> failsafeOpensForADay() {
        return dev.failsafe.CircuitBreaker.builder().withDelay(DAY).build();
    }
}
