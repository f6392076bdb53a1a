package dev.retrykit.spring.http.blocking;

import dev.retrykit.spring.http.BodyContent;
import dev.retrykit.spring.http.ClientRules;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Watches the requests of a transport, and holds nothing in memory for that.
 *
 * @param transport makes the requests
 * @param redirects whether the transport may follow redirects
 * @param rules what is done to requests that no interceptor has seen
 */
public record WatchedRequestFactory(ClientHttpRequestFactory transport, boolean redirects, ClientRules rules)
        implements ClientHttpRequestFactory, DisposableBean {

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
        ClientHttpRequest request = transport.createRequest(uri, method);
        HiddenRetries.warn(transport);
        return request instanceof StreamingHttpOutputMessage streaming
                ? new WatchedStream(request, streaming, this)
                : new WatchedRequest(request, this);
    }

    @Override
    public void destroy() throws Exception {
        if (transport instanceof DisposableBean disposable) {
            disposable.destroy();
        }
    }

    /** One whose body is written when the transport asks for it. */
    private static final class WatchedStream extends WatchedRequest implements StreamingHttpOutputMessage {

        private final StreamingHttpOutputMessage request;

        WatchedStream(ClientHttpRequest request, StreamingHttpOutputMessage streaming, WatchedRequestFactory factory) {
            super(request, factory);
            this.request = streaming;
        }

        @Override
        public void setBody(Body body) {
            bodyIsAskedFor();
            if (body.repeatable()) {
                content(BodyContent.of(body::writeTo));
            }
            request.setBody(new Body() {
                @Override
                public void writeTo(OutputStream out) throws IOException {
                    reached();
                    body.writeTo(out);
                }

                @Override
                public boolean repeatable() {
                    return body.repeatable();
                }
            });
        }
    }
}
