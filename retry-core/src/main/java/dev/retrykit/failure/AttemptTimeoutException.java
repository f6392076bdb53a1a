package dev.retrykit.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An attempt took longer than its policy's attempt timeout, or than what was left of the time budget. */
public final class AttemptTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration timeout;

    /**
     * Made by the engine.
     *
     * @param policy the policy's name
     * @param timeout how long the attempt had
     * @param cause what the method threw when it was interrupted, if it was
     */
    public AttemptTimeoutException(String policy, Duration timeout, @Nullable Throwable cause) {
        super("an attempt of policy '" + policy + "' took longer than " + timeout.toMillis() + " ms", cause);
        this.timeout = timeout;
    }

    /** How long the attempt had. */
    public Duration timeout() {
        return timeout;
    }
}
