package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.spring.failure.CallerTransaction;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Calls methods that have finished when they return. */
public final class SyncCallAdapter implements CallAdapter {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.retry");

    private final String method;
    private final CallerTransaction transaction;
    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * Creates the adapter of one method.
     *
     * @param method its name, for messages
     * @param transaction the caller's transaction, checked after that of the attempt has ended
     */
    SyncCallAdapter(String method, CallerTransaction transaction) {
        this.method = method;
        this.transaction = transaction;
    }

    @Override
    public @Nullable Object call(Retry retry, @Nullable Fallback fallback, Invocation invocation) throws Throwable {
        if (fallback == null) {
            return retry.call(invocation);
        }
        try {
            return retry.call(invocation);
        } catch (Throwable failure) {
            Object answer = invocation.fallBack(fallback, failure);
            fallback.succeeded();
            return answer;
        }
    }

    /** Ends the call if the caller's transaction is rollback-only: it would roll the work of another attempt back. */
    @Override
    public Throwable attemptFailed(Retry retry, Throwable failure) {
        if (transaction.isRollbackOnly()) {
            forbidRetry(retry);
        }
        return failure;
    }

    private void forbidRetry(Retry retry) {
        RetryContext.current().ifPresent(RetryContext::forbidRetry);
        if (retry.policy().maxAttempts() > 1 && warned.compareAndSet(false, true)) {
            LOG.warn(method + " was called in a transaction that is now rollback-only, so it is not retried: the work"
                    + " of another attempt would be rolled back too. Start the transaction inside the retry, or"
                    + " give each attempt its own (Propagation.REQUIRES_NEW).");
        }
    }
}
