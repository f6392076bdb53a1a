package dev.retrykit.internal.decision;

import dev.retrykit.internal.validation.Require;
import dev.retrykit.internal.validation.Require.Other;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of a retry policy's settings, and which settings contradict each other. The first broken rule is reported.
 */
public final class PolicyRules {

    private static final Duration DEFAULT_TIME_BUDGET = Duration.ofSeconds(30);

    private PolicyRules() {}

    public static void check(
            int maxAttempts, @Nullable Duration attemptTimeout, Duration timeBudget, Duration maxRetryAfter) {
        Require.require(
                maxAttempts >= 1, "maxAttempts", "must be 1 or more (it counts the first attempt)", maxAttempts);
        Require.require(!maxRetryAfter.isNegative(), "retryAfter max", "must be zero or more", maxRetryAfter);
        if (attemptTimeout != null) {
            Require.requirePositive("attemptTimeout", attemptTimeout);
            Require.require(
                    Nanos.of(attemptTimeout) <= Nanos.of(timeBudget),
                    "attemptTimeout",
                    "must not be above",
                    new Other("timeBudget", timeBudget),
                    attemptTimeout);
        }
        Require.requirePositive("timeBudget", timeBudget);
    }

    /** The default or, if it is longer, the total time of all attempts. */
    public static Duration timeBudget(int maxAttempts, @Nullable Duration attemptTimeout) {
        if (attemptTimeout == null || attemptTimeout.compareTo(DEFAULT_TIME_BUDGET) <= 0) {
            return DEFAULT_TIME_BUDGET;
        }
        long timeout = Nanos.of(attemptTimeout);
        boolean endless = maxAttempts >= 1 && timeout > Nanos.UNLIMITED / maxAttempts;
        return Duration.ofNanos(endless ? Nanos.UNLIMITED : timeout * maxAttempts);
    }
}
