package dev.retrykit.internal.circuit;

import static dev.retrykit.internal.validation.Require.require;
import static dev.retrykit.internal.validation.Require.requireBetween;
import static dev.retrykit.internal.validation.Require.requirePositive;

import dev.retrykit.internal.validation.Require.Other;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of a circuit's settings, which settings contradict each other, and the defaults that depend on other
 * settings: a default gives way to a conflicting value that is set.
 */
public final class CircuitRules {

    private static final int MINIMUM_CALLS = 20;
    private static final int PROBES = 5;
    private static final Duration OPEN = Duration.ofSeconds(5);
    private static final Duration MAX_OPEN = Duration.ofSeconds(30);
    private static final Duration SHORTEST_WINDOW = Duration.ofMillis(10);
    private static final Duration LONGEST_WINDOW = Duration.ofDays(1);

    private CircuitRules() {}

    public static int minimumCalls(@Nullable Integer set, @Nullable Integer countWindow, @Nullable Integer probes) {
        if (set != null) {
            return set;
        }
        int most = countWindow == null ? Integer.MAX_VALUE : countWindow;
        return Math.min(most, Math.max(MINIMUM_CALLS, probes == null ? 0 : probes));
    }

    public static int probes(@Nullable Integer set, int minimumCalls) {
        return set != null ? set : Math.min(PROBES, minimumCalls);
    }

    public static Duration openDuration(@Nullable Duration set, @Nullable Duration maxOpenDuration) {
        if (set != null) {
            return set;
        }
        return maxOpenDuration == null || maxOpenDuration.compareTo(OPEN) > 0 ? OPEN : maxOpenDuration;
    }

    public static Duration maxOpenDuration(@Nullable Duration set, Duration openDuration) {
        if (set != null) {
            return set;
        }
        return openDuration.compareTo(MAX_OPEN) > 0 ? openDuration : MAX_OPEN;
    }

    /** @param countWindow null if the window is a time window */
    public static void checkWindow(@Nullable Integer countWindow, Duration timeWindow, int minimumCalls) {
        int calls = countWindow == null ? Integer.MAX_VALUE : countWindow;
        require(countWindow == null || calls >= 1 && calls <= 1_000_000, "countWindow", "must be 1 to 1000000", calls);
        requireBetween("timeWindow", "10 ms to 1 day", SHORTEST_WINDOW, LONGEST_WINDOW, timeWindow);
        require(minimumCalls >= 1, "minimumCalls", "must be 1 or more", minimumCalls);
        require(
                minimumCalls <= calls,
                "minimumCalls",
                "must not be above",
                new Other("countWindow", calls),
                minimumCalls);
    }

    /** @param slowCallDuration null if slow calls do not count */
    public static void checkRates(
            double failureRate, @Nullable Duration slowCallDuration, double slowCallRate, int consecutiveFailures) {
        requirePercent("failureRate", failureRate);
        requirePercent("slowCallRate", slowCallRate);
        if (slowCallDuration != null) {
            requirePositive("slowCall duration", slowCallDuration);
        }
        require(consecutiveFailures >= 0, "consecutiveFailures", "must be 0 or more", consecutiveFailures);
    }

    public static void checkOpen(Duration open, Duration max, double multiplier, double jitter) {
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

    public static void checkProbes(int probes, int minimumCalls, Duration lease) {
        require(probes >= 1 && probes <= 10_000, "probes", "must be 1 to 10000", probes);
        require(probes <= minimumCalls, "probes", "must not be above", new Other("minimumCalls", minimumCalls), probes);
        requirePositive("lease", lease);
    }

    private static void requirePercent(String setting, double value) {
        require(value > 0 && value <= 100, setting, "must be above 0 to 100 percent", value);
    }
}
