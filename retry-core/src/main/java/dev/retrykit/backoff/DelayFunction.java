package dev.retrykit.backoff;

import java.time.Duration;

/** A backoff of one's own. Its result is capped and jittered like that of a built-in strategy. */
@FunctionalInterface
public interface DelayFunction {

    /**
     * The delay before a retry.
     *
     * @param retry 1 for the first retry
     * @param previous the delay before the retry before this one, after jitter; zero at the first
     * @return the delay; a negative one counts as zero. What it throws ends the call, with the failure of the last
     *     attempt.
     */
    Duration delay(int retry, Duration previous);
}
