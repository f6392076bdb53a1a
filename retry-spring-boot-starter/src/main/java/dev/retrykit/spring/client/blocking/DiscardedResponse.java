package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.ConnectionUse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * What is left of an answer that was closed because another attempt follows: status, headers, and the body if it was here
 * already. Its connection can be used again if its end comes soon; the caller doesn't wait for that.
 */
final class DiscardedResponse implements ClientHttpResponse {

    private static final int SMALL = 8192;

    private final HttpStatusCode status;
    private final String text;
    private final HttpHeaders headers = new HttpHeaders();
    private final byte[] body;

    private DiscardedResponse(ClientHttpResponse response, byte[] body) throws IOException {
        this.status = response.getStatusCode();
        this.text = response.getStatusText();
        this.headers.addAll(response.getHeaders());
        this.body = body;
    }

    /**
     * Closes an answer. What isn't here yet is read by others, for a short time.
     *
     * @param use the connection that it comes over
     * @return what is left of it; the answer itself if that can't be read
     */
    static ClientHttpResponse close(ClientHttpResponse response, ConnectionUse use) {
        return close(response, use, ResponseDrainer.threads());
    }

    /** The same, with threads for a test. */
    static ClientHttpResponse close(ClientHttpResponse response, ConnectionUse use, Executor threads) {
        try {
            if (isHere(response)) {
                try (response) {
                    return new DiscardedResponse(response, response.getBody().readAllBytes());
                }
            }
            DiscardedResponse rest = new DiscardedResponse(response, new byte[0]);
            ResponseDrainer.begin(response, use, threads);
            return rest;
        } catch (IOException unreadable) {
            ResponseDrainer.begin(response, use, threads);
            return response;
        }
    }

    private static boolean isHere(ClientHttpResponse response) {
        try {
            long length = response.getHeaders().getContentLength();
            return length == 0
                    || length > 0 && length <= SMALL && response.getBody().available() >= length;
        } catch (IOException | RuntimeException unreadable) {
            return false;
        }
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return status;
    }

    @Override
    public String getStatusText() {
        return text;
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public InputStream getBody() {
        return new ByteArrayInputStream(body);
    }

    @Override
    public void close() {
        // it is
    }
}
