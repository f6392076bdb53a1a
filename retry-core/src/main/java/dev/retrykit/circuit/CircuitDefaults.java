package dev.retrykit.circuit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The values of settings that are not set. A default gives way to a conflicting value that is set. */
final class CircuitDefaults {

    private static final int MINIMUM_CALLS = 20;
    private static final int PROBES = 5;
    private static final Duration OPEN = Duration.ofSeconds(5);
    private static final Duration MAX_OPEN = Duration.ofSeconds(30);

    private CircuitDefaults() {}

    static int minimumCalls(@Nullable Integer set, @Nullable Integer countWindow, @Nullable Integer probes) {
        if (set != null) {
            return set;
        }
        int most = countWindow == null ? Integer.MAX_VALUE : countWindow;
        return Math.min(most, Math.max(MINIMUM_CALLS, probes == null ? 0 : probes));
    }

    static int probes(@Nullable Integer set, int minimumCalls) {
        return set != null ? set : Math.min(PROBES, minimumCalls);
    }

    static Duration openDuration(@Nullable Duration set, @Nullable Duration maxOpenDuration) {
        if (set != null) {
            return set;
        }
        return maxOpenDuration == null || maxOpenDuration.compareTo(OPEN) > 0 ? OPEN : maxOpenDuration;
    }

    static Duration maxOpenDuration(@Nullable Duration set, Duration openDuration) {
        if (set != null) {
            return set;
        }
        return openDuration.compareTo(MAX_OPEN) > 0 ? openDuration : MAX_OPEN;
    }
}
