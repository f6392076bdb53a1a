package dev.retrykit.spring.aspect.adapter;

import dev.retrykit.Retry;
import dev.retrykit.RetryContext;
import dev.retrykit.spring.failure.CallerTransaction;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Methods that return when they are done. */
public final class SyncCallAdapter implements CallAdapter {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.retry");

    private final String method;
    private final CallerTransaction transaction;
    private final AtomicBoolean warned = new AtomicBoolean();

    /**
     * For one method.
     *
     * @param method its name, for messages
     * @param transaction that of the caller, once the attempt's own is over
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

    /** In the caller's transaction another attempt would do its work only to have it rolled back. */
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
            LOG.warn(
                    method + " was called within a transaction that is rollback-only now, so it isn't retried: whatever"
                            + " another attempt did would be rolled back. Begin the transaction inside of the retry, or let each"
                            + " attempt have one of its own (Propagation.REQUIRES_NEW).");
        }
    }
}
