package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.ClientRules;
import dev.retrykit.spring.client.ClientRulesSource;
import dev.retrykit.spring.client.Guard;
import dev.retrykit.spring.client.blocking.body.InspectedBody;
import dev.retrykit.spring.client.blocking.body.SentBody;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Instruments the requests of a transport, and makes the attempts of their guards. Only requests with a matching guard
 * hold their body in memory.
 *
 * @param transport creates the requests
 * @param redirects whether the transport may follow redirects
 * @param rules the source of the rules for requests
 * @param group the HTTP service group of the client; null for none
 */
public record WatchedRequestFactory(
        ClientHttpRequestFactory transport,
        boolean redirects,
        ClientRulesSource rules,
        @Nullable String group) implements ClientHttpRequestFactory, DisposableBean {

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
        ClientRules known = rules.get();
        if (known == null) {
            return transport.createRequest(uri, method);
        }
        Guard guard = known.guard(uri, group);
        return guard == null ? watched(uri, method, known) : new GuardedRequest(this, known, guard, uri, method);
    }

    /** Creates a request that no guard repeats. */
    ClientHttpRequest watched(URI uri, HttpMethod method, ClientRules known) throws IOException {
        ClientHttpRequest request = transport.createRequest(uri, method);
        TransportRetryCheck.warn(transport);
        return request instanceof StreamingHttpOutputMessage streaming
                ? new WatchedStream(request, streaming, this, known)
                : new WatchedRequest(request, this, known);
    }

    @Override
    public void destroy() throws Exception {
        if (transport instanceof DisposableBean disposable) {
            disposable.destroy();
        }
    }

    /** A request whose body is written when the transport reads it. */
    private static final class WatchedStream extends WatchedRequest implements StreamingHttpOutputMessage {

        private final StreamingHttpOutputMessage request;
        private @Nullable SentBody sent;

        WatchedStream(
                ClientHttpRequest request,
                StreamingHttpOutputMessage streaming,
                WatchedRequestFactory factory,
                ClientRules rules) {
            super(request, factory, rules);
            this.request = streaming;
        }

        @Override
        public void setBody(Body body) {
            bodyIsAskedFor();
            InspectedBody known = new InspectedBody(body, getHeaders().getContentLength());
            content(known);
            SentBody own = new SentBody(known, getHeaders().getContentLength(), this::reached);
            sent = own;
            request.setBody(own.body());
        }

        @Override
        boolean isRepeatable() {
            return sent == null ? super.isRepeatable() : sent.isRepeatable();
        }

        @Override
        boolean withdraw() {
            return super.withdraw() && (sent == null || sent.withdraw());
        }

        @Override
        ClientHttpRequest again(ClientHttpRequestFactory transport) throws IOException {
            ClientHttpRequest again = super.again(transport);
            if (sent != null && again instanceof StreamingHttpOutputMessage streaming) {
                streaming.setBody(sent.next());
            }
            return again;
        }
    }
}
