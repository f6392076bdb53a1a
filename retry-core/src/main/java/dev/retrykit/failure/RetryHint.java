package dev.retrykit.failure;

import java.time.Duration;
import java.util.Optional;

/** Implemented by exceptions that know whether a retry can help. */
public interface RetryHint {

    /** Whether a retry can help. */
    boolean retryable();

    /** The minimum delay before the next attempt, if the server named one. */
    default Optional<Duration> retryAfter() {
        return Optional.empty();
    }
}
