package dev.retrykit.failure;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Thrown when an attempt took longer than its policy's attempt timeout, or than the remaining time budget. */
public final class AttemptTimeoutException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration timeout;

    /**
     * Created by the engine.
     *
     * @param policy the policy's name
     * @param timeout the time limit of the attempt
     * @param cause what the method threw when it was interrupted, if anything
     */
    public AttemptTimeoutException(String policy, Duration timeout, @Nullable Throwable cause) {
        super("an attempt of policy '" + policy + "' took longer than " + timeout.toMillis() + " ms", cause);
        this.timeout = timeout;
    }

    /** The time limit of the attempt. */
    public Duration timeout() {
        return timeout;
    }
}
