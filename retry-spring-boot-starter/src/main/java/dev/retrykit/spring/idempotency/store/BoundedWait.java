package dev.retrykit.spring.idempotency.store;

import dev.retrykit.Retry;
import dev.retrykit.RetryPolicy;
import dev.retrykit.failure.ThrowingCallable;
import java.time.Duration;

/**
 * Bounds what can be interrupted to the longest time that a caller waits for a store. It costs no second thread. Not for what
 * reads or writes files: an interrupt closes them.
 */
public final class BoundedWait {

    private static final Retry LIMIT = Retry.builder("store of idempotency keys")
            .policy(RetryPolicy.builder()
                    .maxAttempts(1)
                    .attemptTimeout(Duration.ofSeconds(2))
                    .build())
            .build();

    private BoundedWait() {}

    /**
     * Calls on the caller's thread, which is interrupted after two seconds.
     *
     * @throws dev.retrykit.AttemptTimeoutException if it was interrupted
     */
    public static <T, X extends Exception> T call(ThrowingCallable<T, X> call) throws X {
        return LIMIT.call(call);
    }
}
