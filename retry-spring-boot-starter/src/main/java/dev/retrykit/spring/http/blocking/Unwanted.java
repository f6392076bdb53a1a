package dev.retrykit.spring.http.blocking;

import java.io.IOException;
import java.util.concurrent.Executor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Answers that nobody wants, because another attempt follows. To close one means to read it to its end, so that its
 * connection can be used again: one that is here already is closed at once, for any other the caller doesn't wait.
 */
final class Unwanted {

    private static final int SMALL = 8192;

    private Unwanted() {}

    static void close(ClientHttpResponse response, Executor executor) {
        if (isHere(response)) {
            response.close();
            return;
        }
        try {
            executor.execute(response::close);
        } catch (RuntimeException rejected) {
            response.close();
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
}
