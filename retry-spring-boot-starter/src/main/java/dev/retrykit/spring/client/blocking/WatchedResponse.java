package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.tracking.RequestTracker;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** A response that notifies its tracker if the body breaks off, and that marks the exception created from it. */
final class WatchedResponse implements ClientHttpResponse {

    private static final int LOWEST_FAILURE = 400;

    private final ClientHttpResponse response;
    private final RequestTracker exchange;
    private @Nullable String markedText;

    private WatchedResponse(ClientHttpResponse response, RequestTracker exchange) {
        this.response = response;
        this.exchange = exchange;
    }

    /** Wraps a response if its tracker needs to be notified. */
    static ClientHttpResponse of(ClientHttpResponse response, RequestTracker exchange, int status) {
        return exchange.mustKnowFailures() || exchange.isPartOfAttempt() && status >= LOWEST_FAILURE
                ? new WatchedResponse(response, exchange)
                : response;
    }

    /** Returns the response as its client created it. */
    static ClientHttpResponse unwrap(ClientHttpResponse response) {
        return response instanceof WatchedResponse watched ? watched.response : response;
    }

    @Override
    public HttpStatusCode getStatusCode() throws IOException {
        return response.getStatusCode();
    }

    /**
     * Returns an equal but distinct string: the exceptions of Spring's clients keep it, and no other response has it.
     */
    @Override
    public String getStatusText() throws IOException {
        String text = markedText;
        if (text == null) {
            text = String.valueOf(
                    Objects.requireNonNullElse(response.getStatusText(), "").toCharArray());
            exchange.mark(text);
            markedText = text;
        }
        return text;
    }

    @Override
    public HttpHeaders getHeaders() {
        return response.getHeaders();
    }

    @Override
    public InputStream getBody() throws IOException {
        try {
            return new Body(response.getBody(), exchange);
        } catch (IOException | RuntimeException failure) {
            exchange.noteFailure(failure);
            throw failure;
        }
    }

    @Override
    public void close() {
        response.close();
    }

    private static final class Body extends FilterInputStream {

        private final RequestTracker exchange;

        Body(InputStream body, RequestTracker exchange) {
            super(body);
            this.exchange = exchange;
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException | RuntimeException failure) {
                exchange.noteFailure(failure);
                throw failure;
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException | RuntimeException failure) {
                exchange.noteFailure(failure);
                throw failure;
            }
        }
    }
}
