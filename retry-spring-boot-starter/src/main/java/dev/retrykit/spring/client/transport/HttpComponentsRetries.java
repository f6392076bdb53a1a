package dev.retrykit.spring.client.transport;

import dev.retrykit.RetryContext;
import dev.retrykit.spring.client.tracking.RequestTracker;
import java.io.IOException;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;

/**
 * Limits the retries that HttpComponents does on its own, which include POST requests. Within an attempt it resends
 * only a request whose pooled connection was stale, so that the server sees no more requests than the policy has
 * attempts.
 *
 * @param outside the strategy for requests that are not part of an attempt
 * @param pool tracks stale connections
 * @param threads whether requests are sent on the threads of their attempts, so that untracked requests can be told
 *     apart too
 */
record HttpComponentsRetries(HttpRequestRetryStrategy outside, HttpComponentsPool pool, boolean threads)
        implements HttpRequestRetryStrategy {

    @Override
    public boolean retryRequest(HttpRequest request, IOException failure, int executions, HttpContext context) {
        return pool.mayResend(request.getMethod(), failure, executions, context)
                || isOutside(context)
                        && outside.retryRequest(request, failure, executions, context)
                        && isRepeatable(context);
    }

    @Override
    public boolean retryRequest(HttpResponse response, int executions, HttpContext context) {
        return isOutside(context) && outside.retryRequest(response, executions, context) && isRepeatable(context);
    }

    @Override
    public TimeValue getRetryInterval(HttpResponse response, int executions, HttpContext context) {
        return outside.getRetryInterval(response, executions, context);
    }

    /**
     * Whether the body can be written again. The JSON of an iterator, for example, is an empty list the second time.
     */
    static boolean isRepeatable(HttpContext context) {
        RequestTracker sent = HttpComponentsRedirects.exchange(context);
        return sent == null || sent.connection().isRepeatable();
    }

    /** An untracked request may still be part of an attempt. */
    private boolean isOutside(HttpContext context) {
        RequestTracker sent = HttpComponentsRedirects.exchange(context);
        return sent == null ? threads && RetryContext.current().isEmpty() : !sent.isPartOfAttempt();
    }
}
