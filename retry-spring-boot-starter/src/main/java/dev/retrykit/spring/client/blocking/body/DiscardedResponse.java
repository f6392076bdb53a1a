package dev.retrykit.spring.client.blocking.body;

import dev.retrykit.spring.client.tracking.ConnectionUse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * The remains of a response that was closed because another attempt follows: status, headers, and the body if it has
 * been received already. Its connection is reused if the response ends soon; the caller does not wait for that.
 */
public final class DiscardedResponse implements ClientHttpResponse {

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
     * Closes a response. Other threads read what has not been received yet, for a short time.
     *
     * @param use the connection of the response
     * @return the remains of the response; the response itself if it cannot be read
     */
    public static ClientHttpResponse close(ClientHttpResponse response, ConnectionUse use) {
        return close(response, use, ResponseDrainer.threads());
    }

    /** Closes a response, with the given threads. For tests. */
    public static ClientHttpResponse close(ClientHttpResponse response, ConnectionUse use, Executor threads) {
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
        // closed already
    }
}
