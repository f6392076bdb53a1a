package dev.retrykit.backoff;

import java.time.Duration;

/** An application-defined backoff. Its result is capped and jittered like that of a built-in strategy. */
@FunctionalInterface
public interface DelayFunction {

    /**
     * Returns the delay before a retry.
     *
     * @param retry 1 for the first retry
     * @param previous the delay before the previous retry, after jitter; zero for the first
     * @return the delay; a negative one counts as zero. An exception ends the call with the failure of the last
     *     attempt.
     */
    Duration delay(int retry, Duration previous);
}
