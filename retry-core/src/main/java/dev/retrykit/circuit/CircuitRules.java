package dev.retrykit.circuit;

import static dev.retrykit.internal.validation.Require.require;
import static dev.retrykit.internal.validation.Require.requireBetween;
import static dev.retrykit.internal.validation.Require.requirePositive;

import dev.retrykit.internal.validation.Require.Other;
import java.time.Duration;

/** The ranges of a circuit's settings, and which settings contradict each other. The first broken rule is reported. */
final class CircuitRules {

    private static final Duration SHORTEST_WINDOW = Duration.ofMillis(10);
    private static final Duration LONGEST_WINDOW = Duration.ofDays(1);

    private CircuitRules() {}

    static void check(CircuitPolicy policy) {
        checkWindow(policy);
        checkRates(policy);
        checkOpen(policy);
        checkProbes(policy);
    }

    private static void checkWindow(CircuitPolicy policy) {
        int calls = policy.countWindow();
        int minimum = policy.minimumCalls();
        boolean counted = policy.isCounted();
        require(!counted || calls >= 1 && calls <= 1_000_000, "countWindow", "must be 1 to 1000000", calls);
        requireBetween("timeWindow", "10 ms to 1 day", SHORTEST_WINDOW, LONGEST_WINDOW, policy.timeWindow());
        require(minimum >= 1, "minimumCalls", "must be 1 or more", minimum);
        require(
                !counted || minimum <= calls,
                "minimumCalls",
                "must not be above",
                new Other("countWindow", calls),
                minimum);
    }

    private static void checkRates(CircuitPolicy policy) {
        requirePercent("failureRate", policy.failureRate());
        requirePercent("slowCallRate", policy.slowCallRate());
        Duration slow = policy.slowCallDuration();
        if (slow != null) {
            requirePositive("slowCall duration", slow);
        }
        int failures = policy.consecutiveFailures();
        require(failures >= 0, "consecutiveFailures", "must be 0 or more", failures);
    }

    private static void checkOpen(CircuitPolicy policy) {
        Duration open = policy.openDuration();
        Duration max = policy.maxOpenDuration();
        double multiplier = policy.openMultiplier();
        double jitter = policy.openJitter();
        requirePositive("maxOpenDuration", max);
        requirePositive("openDuration", open);
        require(max.compareTo(open) >= 0, "maxOpenDuration", "must not be below", new Other("openDuration", open), max);
        require(
                multiplier >= 1 && !Double.isInfinite(multiplier),
                "openMultiplier",
                "must be 1 or more and finite",
                multiplier);
        require(jitter >= 0 && jitter <= 1, "openJitter", "must be 0 to 1", jitter);
    }

    private static void checkProbes(CircuitPolicy policy) {
        int probes = policy.probes();
        int minimum = policy.minimumCalls();
        require(probes >= 1 && probes <= 10_000, "probes", "must be 1 to 10000", probes);
        require(probes <= minimum, "probes", "must not be above", new Other("minimumCalls", minimum), probes);
        requirePositive("lease", policy.lease());
    }

    private static void requirePercent(String setting, double value) {
        require(value > 0 && value <= 100, setting, "must be above 0 to 100 percent", value);
    }
}
