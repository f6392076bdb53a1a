package dev.retrykit.spring.client.transport;

import dev.retrykit.spring.client.tracking.ConnectionUse;
import dev.retrykit.spring.client.tracking.CurrentRequest;
import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.client.tracking.TransportFact;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpResponseInterceptor;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Notifies trackers when HttpComponents sends a request, receives a response or follows a redirect. The blocking client
 * does all that on the thread that sends the request.
 */
final class HttpComponentsRedirects implements HttpRequestInterceptor, HttpResponseInterceptor {

    private static final String USE = ConnectionUse.class.getName();

    private static final int FIRST = 300;
    private static final int LAST = 399;

    private final boolean tellsRedirects;

    /**
     * Creates an interceptor.
     *
     * @param tellsRedirects whether the client follows redirects where this interceptor sees them
     */
    HttpComponentsRedirects(boolean tellsRedirects) {
        this.tellsRedirects = tellsRedirects;
    }

    /** Returns the tracker of a context; null if the request is not tracked. */
    static @Nullable RequestTracker exchange(HttpContext context) {
        return context.getAttribute(RequestTracker.ATTRIBUTE) instanceof RequestTracker sent
                ? sent
                : CurrentRequest.current();
    }

    /** Returns the connection of the last request sent in a context; null if none was sent. */
    static @Nullable ConnectionUse use(HttpContext context) {
        return context.getAttribute(USE) instanceof ConnectionUse use ? use : null;
    }

    @Override
    public void process(HttpRequest request, EntityDetails entity, HttpContext context) {
        RequestTracker sent = exchange(context);
        ConnectionUse use = sent == null ? new ConnectionUse() : sent.connection();
        use.begin();
        context.setAttribute(USE, use);
        if (sent != null && tellsRedirects) {
            sent.report(TransportFact.TELLS_REDIRECTS);
        }
    }

    @Override
    public void process(HttpResponse response, EntityDetails entity, HttpContext context) {
        ConnectionUse use = use(context);
        if (use != null) {
            use.answering();
        }
        RequestTracker sent = exchange(context);
        if (sent != null && response.getCode() >= FIRST && response.getCode() <= LAST) {
            sent.report(TransportFact.REDIRECTED);
        }
    }
}
