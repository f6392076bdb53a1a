package dev.retrykit.spring.http.blocking;

import dev.retrykit.spring.http.Exchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** An answer whose exchange is told if its body breaks off. */
record WatchedResponse(ClientHttpResponse response, Exchange exchange) implements ClientHttpResponse {

    /** The answer as its reader gets it. */
    static ClientHttpResponse of(ClientHttpResponse response, Exchange exchange) {
        return exchange.mustKnowFailures() ? new WatchedResponse(response, exchange) : response;
    }

    @Override
    public HttpStatusCode getStatusCode() throws IOException {
        return response.getStatusCode();
    }

    @Override
    public String getStatusText() throws IOException {
        return response.getStatusText();
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

        private final Exchange exchange;

        Body(InputStream body, Exchange exchange) {
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
