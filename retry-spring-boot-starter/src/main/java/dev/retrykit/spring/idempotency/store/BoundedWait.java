package dev.retrykit.spring.idempotency.store;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.RetryPolicy;
import dev.retrykit.event.Scope;
import dev.retrykit.failure.AttemptTimeoutException;
import dev.retrykit.function.ThrowingCallable;
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
     * Calls on the caller's thread, outside of its attempts and deadlines: the end of a claim must be told after they are
     * over, too.
     *
     * @throws AttemptTimeoutException if it was interrupted after two seconds
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
