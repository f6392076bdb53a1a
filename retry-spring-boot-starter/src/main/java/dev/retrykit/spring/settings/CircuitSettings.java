package dev.retrykit.spring.settings;

import dev.retrykit.circuit.BlockScope;
import dev.retrykit.circuit.OpenBehavior;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is written about one circuit.
 *
 * @param base the name of another circuit, whose settings hold where nothing else is written here. Not
 *     below retrykit.defaults
 * @param window which calls are looked at. Default those of the last 10s
 * @param minimumCalls results that the window must hold before a rate means anything: 1 or more. Default 20
 * @param failureRate percent of failed calls at which it opens: above 0 to 100. Default 70
 * @param slowCall which calls are slow, and how many of them are too many. Off by default
 * @param consecutiveFailures failures in a row at which it opens, whatever the window holds; 0 = off. Default 0
 * @param open how long it stays open
 * @param halfOpen how it probes
 * @param onOpen what a retrying call does while it is open: stop or wait. Default stop
 * @param blocks what it holds back while it is open: all or retries. Default all
 * @param record what alone counts as a failure, whatever else calls end with: exception classes with their subtypes, HTTP
 *     statuses, and names of Predicate beans of failures. Default all but known permanent answers
 * @param ignore what says nothing against the dependency, whatever record says: exception classes with their subtypes,
 *     HTTP statuses, and names of Predicate beans of failures
 * @param keys how many circuits there may be where methods have a key
 * @param dryRun whether it only counts what it would reject. Default false
 * @param affectsHealth whether the application's health is DOWN while it is open. Default false
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

    /** Nothing is written: a circuit of defaults. */
    static final CircuitSettings EMPTY = new CircuitSettings(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** What a window is made of. */
    public enum WindowType {

        /** The calls of the last time. */
        TIME,

        /** The last calls. */
        COUNT
    }

    /**
     * Which calls are looked at.
     *
     * @param type time or count. Default time
     * @param size a duration (10ms to 1d) for time, a number of calls (1 to 1000000) for count. Default 10s, or 100
     */
    public record Window(
            @Nullable WindowType type, @Nullable String size) {}

    /**
     * Which calls are slow, and how many of them are too many.
     *
     * @param duration a call that takes so long or longer is slow
     * @param rate percent of slow calls at which it opens: above 0 to 100. Default 80
     */
    public record SlowCall(
            @Nullable Duration duration, @Nullable Double rate) {}

    /**
     * How long it stays open.
     *
     * @param duration the first time: above zero. Default 5s
     * @param multiplier how it grows with each failed round of probes: 1 or more. Default 2
     * @param maxDuration where that growth ends, before jitter. Default 30s
     * @param jitter by which fraction it is spread up and down: 0 to 1. Default 0.5
     */
    public record Open(
            @Nullable Duration duration,
            @Nullable Double multiplier,
            @Nullable Duration maxDuration,
            @Nullable Double jitter) {}

    /**
     * How it probes.
     *
     * @param probes calls let through, no more than minimum-calls: 1 to 10000. Default 5
     * @param lease how long a round of probes may take before a new one begins: above zero. Default 30s
     */
    public record HalfOpen(
            @Nullable Integer probes, @Nullable Duration lease) {}

    /**
     * How many circuits there may be where methods have a key.
     *
     * @param max keys with a circuit of their own: 1 to 100000; further ones share one. Default 1000
     * @param idle how long the circuit of a key must not have been used to be forgotten: 1s or more, and no less than the
     *     window, the lease and the longest open time. Default 10m, or longer if those are
     */
    public record Keys(@Nullable Integer max, @Nullable Duration idle) {}
}
