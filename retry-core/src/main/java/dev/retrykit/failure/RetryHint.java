package dev.retrykit.failure;

import java.time.Duration;
import java.util.Optional;

/** Implemented by an exception that knows whether trying again can help. */
public interface RetryHint {

    /** Can trying again help? */
    boolean retryable();

    /** The least delay before the next attempt, if the peer named one. */
    default Optional<Duration> retryAfter() {
        return Optional.empty();
    }
}
