package dev.retrykit.spring.settings;

import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.OpenBehavior;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configured settings of one circuit.
 *
 * @param base Name of another circuit whose settings apply unless this circuit overrides them. Not allowed under
 *     retrykit.defaults.
 * @param window Calls that the circuit evaluates. By default, the calls of the last 10s.
 * @param minimumCalls Minimum number of results in the window before the circuit evaluates the failure rate or the
 *     slow-call rate. At least 1. Default 20.
 * @param failureRate Percentage of failed calls at which the circuit opens, above 0 and up to 100. Default 70.
 * @param slowCall When a call is slow, and the rate of slow calls at which the circuit opens. Off by default.
 * @param consecutiveFailures Number of consecutive failures at which the circuit opens, independently of the window. A
 *     value of 0 or "off" disables the check. Default 0.
 * @param open Duration of the open state.
 * @param halfOpen Number and time limit of the probes in the half-open state.
 * @param onOpen Behavior of a retrying call while the circuit is open: stop ends the call, wait waits for the next
 *     probe if the time budget allows it. Default stop.
 * @param blocks Attempts that an open circuit rejects: all, or retries only. Default all.
 * @param record The only failures that count as failures of the dependency: exception classes (subtypes included), HTTP
 *     statuses, and names of Predicate beans. By default, all failures except known permanent responses.
 * @param ignore Failures that do not count against the dependency, even if the record list contains them: exception
 *     classes (subtypes included), HTTP statuses, and names of Predicate beans.
 * @param keys Limits of the circuits per key, for methods that have a key.
 * @param dryRun Whether to only count and log calls that the circuit would reject, without rejecting any, even when it
 *     is forced open. Default false.
 * @param affectsHealth Whether the health of the application is DOWN while the circuit is open. Default false.
 */
public record CircuitSettings(
        @Nullable String base,
        @Nullable Window window,
        @Nullable Integer minimumCalls,
        @Nullable Double failureRate,
        @Nullable SlowCall slowCall,
        @Nullable Integer consecutiveFailures,
        @Nullable Open open,
        @Nullable HalfOpen halfOpen,
        @Nullable OpenBehavior onOpen,
        @Nullable BlockScope blocks,
        @Nullable List<String> record,
        @Nullable List<String> ignore,
        @Nullable Keys keys,
        @Nullable Boolean dryRun,
        @Nullable Boolean affectsHealth) {

    /** The key of {@link #failureRate()}. */
    public static final SettingKey<Double> FAILURE_RATE = SettingKey.of("failure-rate", Double.class);
    /** The key of {@link SlowCall#duration()}. */
    public static final SettingKey<Duration> SLOW_CALL_DURATION = SettingKey.of("slow-call.duration", Duration.class);
    /** The key of {@link SlowCall#rate()}. */
    public static final SettingKey<Double> SLOW_CALL_RATE = SettingKey.of("slow-call.rate", Double.class);
    /** The key of {@link #consecutiveFailures()}. */
    public static final SettingKey<Integer> CONSECUTIVE_FAILURES = SettingKey.of("consecutive-failures", Integer.class);
    /** The key of {@link #affectsHealth()}. */
    public static final SettingKey<Boolean> AFFECTS_HEALTH = SettingKey.of("affects-health", Boolean.class);

    /** No settings: a circuit with all defaults. */
    public static final CircuitSettings EMPTY = new CircuitSettings(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** The unit of a window's size. */
    public enum WindowType {

        /** The window holds the calls of the most recent period. */
        TIME,

        /** The window holds a number of most recent calls. */
        COUNT
    }

    /**
     * Calls that the circuit evaluates.
     *
     * @param type Whether the size of the circuit's window is a time or a count of calls. Default time.
     * @param size Size of the circuit's window: a duration from 10ms to 1d for a time window, or a number of calls from
     *     1 to 1000000 for a count window. A count window defaults to 100 calls. Default 10s.
     */
    public record Window(
            @Nullable WindowType type, @Nullable String size) {}

    /**
     * The detection of slow calls.
     *
     * @param duration Minimum duration of a slow call, above zero. Slow calls are not detected unless this is set.
     * @param rate Percentage of slow calls at which the circuit opens, above 0 and up to 100. Default 80.
     */
    public record SlowCall(
            @Nullable Duration duration, @Nullable Double rate) {}

    /**
     * Duration of the open state.
     *
     * @param duration Duration of the first open state, before jitter. Above zero. Default 5s.
     * @param multiplier Factor by which the open duration grows after each failed round of probes. At least 1. Default
     *     2.
     * @param maxDuration Upper bound of the open duration, before jitter. At least the initial open duration. Default
     *     30s.
     * @param jitter Fraction by which the open duration varies at random, up and down, from 0 to 1. With 0.5, it varies
     *     by 50 percent. Default 0.5.
     */
    public record Open(
            @Nullable Duration duration,
            @Nullable Double multiplier,
            @Nullable Duration maxDuration,
            @Nullable Double jitter) {}

    /**
     * Number and time limit of the probes in the half-open state.
     *
     * @param probes Number of calls that a half-open circuit lets through, from 1 to 10000 and at most minimum-calls.
     *     Default 5.
     * @param lease Time limit of a round of probes, above zero. When it expires with good results only, the circuit
     *     closes; with failures only, it opens; otherwise a new round starts. Default 30s.
     */
    public record HalfOpen(
            @Nullable Integer probes, @Nullable Duration lease) {}

    /**
     * Limits of the circuits per key, for methods that have a key.
     *
     * @param max Maximum number of keys with their own circuit, from 1 to 100000. Further keys share one circuit.
     *     Default 1000.
     * @param idle Time without use after which the circuit of a key can be removed. At least 1s, and not below the
     *     window, the probe lease and the longest open duration, to which the default is raised. Default 10m.
     */
    public record Keys(@Nullable Integer max, @Nullable Duration idle) {}
}
