package dev.retrykit.circuit;

import static dev.retrykit.internal.validation.Require.require;

import dev.retrykit.internal.validation.Require.Other;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Objects;

/**
 * Limits how many keys may have their own circuit, and for how long.
 *
 * @param maxKeys the maximum number of keys: 1 to 100,000. Default 1,000
 * @param idleTime how long a circuit must be unused to be evicted: 1 s or more. Default 10 min, or longer if the time
 *     window, an open duration or the lease may be longer
 */
public record KeyLimits(int maxKeys, Duration idleTime) {

    private static final int MOST_KEYS = 100_000;
    private static final int DEFAULT_MAX_KEYS = 1_000;
    private static final Duration SHORTEST_IDLE_TIME = Duration.ofSeconds(1);
    private static final Duration DEFAULT_IDLE_TIME = Duration.ofMinutes(10);

    /**
     * Creates limits.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public KeyLimits {
        Objects.requireNonNull(idleTime, "idleTime");
        require(maxKeys >= 1 && maxKeys <= MOST_KEYS, "maxKeys", "must be 1 to " + MOST_KEYS, maxKeys);
        require(idleTime.compareTo(SHORTEST_IDLE_TIME) >= 0, "idleTime", "must be 1 s or more", idleTime);
    }

    /** Returns the defaults for circuits with the given settings. */
    public static KeyLimits defaults(CircuitPolicy policy) {
        return new KeyLimits(DEFAULT_MAX_KEYS, longer(DEFAULT_IDLE_TIME, memory(policy)));
    }

    /**
     * Checks that eviction loses no state that still applies.
     *
     * @throws IllegalArgumentException if circuits with the given settings keep state for longer than the idle time
     */
    public void checkAgainst(CircuitPolicy policy) {
        requireNotBelow("timeWindow", policy.isCounted() ? Duration.ZERO : policy.timeWindow());
        requireNotBelow("lease", policy.lease());
        requireNotBelow("maxOpenDuration and its jitter", longestOpen(policy));
    }

    private void requireNotBelow(String setting, Duration least) {
        require(idleTime.compareTo(least) >= 0, "idleTime", "must not be below", new Other(setting, least), idleTime);
    }

    private static Duration memory(CircuitPolicy policy) {
        Duration window = policy.isCounted() ? Duration.ZERO : policy.timeWindow();
        return longer(window, longer(policy.lease(), longestOpen(policy)));
    }

    private static Duration longestOpen(CircuitPolicy policy) {
        return Duration.ofNanos((long) (Nanos.of(policy.maxOpenDuration()) * (1 + policy.openJitter())));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
