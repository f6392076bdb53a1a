package dev.retrykit.spring.client;

import dev.retrykit.RetryContext;
import java.io.IOException;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;

/**
 * HttpComponents repeats requests by itself, POSTs among them. Not within an attempt: the policy's attempts are all that
 * the server sees, but for a request whose pooled connection was dead.
 *
 * @param outside what it does for requests of no attempt
 * @param pool which connections are dead
 * @param threads whether requests are sent on the threads of their attempts, so that those that aren't watched can be told
 *     apart, too
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

    /** The JSON of an iterator is an empty list when it is written again. */
    static boolean isRepeatable(HttpContext context) {
        RequestTracker sent = HttpComponentsRedirects.exchange(context);
        return sent == null || sent.connection().isRepeatable();
    }

    /** A request that isn't watched may be part of an attempt all the same. */
    private boolean isOutside(HttpContext context) {
        RequestTracker sent = HttpComponentsRedirects.exchange(context);
        return sent == null ? threads && RetryContext.current().isEmpty() : !sent.isPartOfAttempt();
    }
}
