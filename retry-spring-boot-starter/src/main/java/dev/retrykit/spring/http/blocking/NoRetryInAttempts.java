package dev.retrykit.spring.http.blocking;

import dev.retrykit.RetryContext;
import java.io.IOException;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;

/**
 * HttpComponents repeats requests by itself, POSTs among them. Not within an attempt: the policy's attempts are all that
 * the server sees.
 *
 * @param outside what it does for requests of no attempt
 */
public record NoRetryInAttempts(HttpRequestRetryStrategy outside) implements HttpRequestRetryStrategy {

    @Override
    public boolean retryRequest(HttpRequest request, IOException failure, int executions, HttpContext context) {
        return isOutside() && outside.retryRequest(request, failure, executions, context);
    }

    @Override
    public boolean retryRequest(HttpResponse response, int executions, HttpContext context) {
        return isOutside() && outside.retryRequest(response, executions, context);
    }

    @Override
    public TimeValue getRetryInterval(HttpResponse response, int executions, HttpContext context) {
        return outside.getRetryInterval(response, executions, context);
    }

    private static boolean isOutside() {
        return RetryContext.current().isEmpty();
    }
}
