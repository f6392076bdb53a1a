package dev.retrykit.spring.idempotency.store;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.RetryPolicy;
import dev.retrykit.event.Scope;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.function.ThrowingCallable;
import java.time.Duration;

/**
 * Limits interruptible store operations to the longest time that a caller waits for a store, without a second thread.
 * Not suitable for operations on files, because an interrupt closes them.
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
     * Runs an operation on the caller's thread, outside its attempts and deadlines: the end of a claim must be recorded
     * even after these are over.
     *
     * @throws AttemptTimeoutException if the operation was interrupted after two seconds
     */
    public static <T, X extends Exception> T call(ThrowingCallable<T, X> call) throws X {
        Scope caller = RetryContext.leave();
        try {
            return LIMIT.call(call);
        } finally {
            caller.close();
        }
    }
}
