package dev.retrykit.spring.idempotency.neighbor;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client that waits for the last byte of a body no longer than a test may take. A request's own bound is for headers. */
final class BoundedClient {

    /** Longer than any exchange takes on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private BoundedClient() {}

    static HttpResponse<byte[]> send(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> exchange = CLIENT.sendAsync(request, BodyHandlers.ofByteArray());
        try {
            return exchange.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            exchange.cancel(true);
            throw new AssertionError("no answer to " + request, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
