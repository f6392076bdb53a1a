package dev.retrykit.spring.http.blocking;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * What is left of an answer that was closed because another attempt follows: status, headers, and the body if it was here
 * already. To close one means to read it to its end, so that its connection can be used again; for what isn't here yet
 * the caller doesn't wait.
 */
final class Unwanted implements ClientHttpResponse {

    private static final int SMALL = 8192;

    private final HttpStatusCode status;
    private final String text;
    private final HttpHeaders headers = new HttpHeaders();
    private final byte[] body;

    private Unwanted(ClientHttpResponse response, byte[] body) throws IOException {
        this.status = response.getStatusCode();
        this.text = response.getStatusText();
        this.headers.addAll(response.getHeaders());
        this.body = body;
    }

    /**
     * Closes an answer.
     *
     * @param executor closes what isn't here yet
     * @throws IOException if not even its status can be read
     */
    static Unwanted close(ClientHttpResponse response, Executor executor) throws IOException {
        if (isHere(response)) {
            try (response) {
                return new Unwanted(response, response.getBody().readAllBytes());
            }
        }
        Unwanted rest = new Unwanted(response, new byte[0]);
        try {
            executor.execute(response::close);
        } catch (RuntimeException rejected) {
            response.close();
        }
        return rest;
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
