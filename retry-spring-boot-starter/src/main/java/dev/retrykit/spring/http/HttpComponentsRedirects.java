package dev.retrykit.spring.http;

import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpRequestInterceptor;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpResponseInterceptor;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Tells exchanges of the redirects that HttpComponents follows, which it does on the thread that sends the request. */
public final class HttpComponentsRedirects implements HttpRequestInterceptor, HttpResponseInterceptor {

    private static final int FIRST = 300;
    private static final int LAST = 399;

    /** Without state. */
    public HttpComponentsRedirects() {}

    @Override
    public void process(HttpRequest request, EntityDetails entity, HttpContext context) {
        Exchange sent = Sending.current();
        if (sent != null) {
            sent.willTellRedirects();
        }
    }

    @Override
    public void process(HttpResponse response, EntityDetails entity, HttpContext context) {
        Exchange sent = Sending.current();
        if (sent != null && response.getCode() >= FIRST && response.getCode() <= LAST) {
            sent.redirected();
        }
    }
}
