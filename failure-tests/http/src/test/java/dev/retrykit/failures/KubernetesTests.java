package dev.retrykit.failures;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.ResourceNotFoundException;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.fabric8.kubernetes.client.http.WebSocketUpgradeResponse;
import io.kubernetes.client.openapi.ApiException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What failures of the clients of Kubernetes mean. */
class KubernetesTests extends BookTests {

    private static final Map<String, List<String>> NO_HEADERS = Map.of();

    static Stream<Row> rows() {
        return Stream.of(fabric8(), watches(), official()).flatMap(rows -> rows);
    }

    private static Stream<Row> fabric8() {
        return Stream.of(
                row("fabric8: 503", new KubernetesClientException(status(503)), "transient status 503"),
                row("fabric8: 404", new KubernetesClientException(status(404)), "answered status 404"),
                row("fabric8: 409", new KubernetesClientException(status(409)), "answered status 409"),
                row("fabric8: 403", new KubernetesClientException(status(403)), "neutral status 403"),
                row("fabric8: 410", new KubernetesClientException(status(410)), "answered status 410"),
                row("fabric8: 422", new KubernetesClientException(status(422)), "answered status 422"),
                row(
                        "fabric8: 429, 2 seconds",
                        new KubernetesClientException(later(429)),
                        "throttled after 2s status 429"),
                row(
                        "fabric8: server timeout, 2 seconds",
                        new KubernetesClientException(later(500)),
                        "transient after 2s status 500"),
                row(
                        "fabric8: 404 in an operation's own",
                        new KubernetesClientException(
                                "Operation: [get] failed.", new KubernetesClientException(status(404))),
                        "answered status 404"),
                row(
                        "fabric8: refused",
                        new KubernetesClientException("An error has occurred.", new ConnectException("refused")),
                        "transient"),
                row(
                        "fabric8: closed",
                        new KubernetesClientException(
                                "An error has occurred.",
                                new IOException(new HttpClosedException("Connection was closed"))),
                        "transient"),
                row("fabric8: something", new KubernetesClientException("x"), "unknown"));
    }

    private static Stream<Row> watches() {
        return Stream.of(
                row(
                        "fabric8: waited in vain",
                        new KubernetesClientTimeoutException("Pod", "a", "b", 1, TimeUnit.SECONDS),
                        "transient"),
                row("fabric8: no resource", new ResourceNotFoundException("x"), "answered"),
                row(
                        "fabric8: watch gone",
                        new WatcherException("too old", new KubernetesClientException(status(410))),
                        "answered"),
                row(
                        "fabric8: watch lost",
                        new WatcherException("closed", new IOException("Connection reset")),
                        "transient"),
                row(
                        "fabric8: WebSocket 503",
                        new WebSocketHandshakeException(new WebSocketUpgradeResponse(null, 503)),
                        "transient status 503"),
                row(
                        "fabric8: WebSocket 403",
                        new WebSocketHandshakeException(new WebSocketUpgradeResponse(null, 403)),
                        "neutral status 403"));
    }

    private static Stream<Row> official() {
        return Stream.of(
                row("Kubernetes: 503", new ApiException(503, NO_HEADERS, "x"), "transient status 503"),
                row(
                        "Kubernetes: 503, Retry-After 1",
                        new ApiException(503, Map.of("retry-after", List.of("1")), "x"),
                        "transient after 1s status 503"),
                row(
                        "Kubernetes: 429, Retry-After 1",
                        new ApiException(429, Map.of("Retry-After", List.of("1")), "x"),
                        "throttled after 1s status 429"),
                row("Kubernetes: 404", new ApiException(404, NO_HEADERS, "x"), "answered status 404"),
                row(
                        "Kubernetes: 409 of a future",
                        new ExecutionException(new ApiException(409, NO_HEADERS, "x")),
                        "answered status 409"),
                row("Kubernetes: timeout", new ApiException(new SocketTimeoutException("timeout")), "transient"),
                row("Kubernetes: something", new ApiException("x"), "unknown"));
    }

    private static Status status(int code) {
        return new StatusBuilder().withCode(code).withMessage("x").build();
    }

    private static Status later(int code) {
        return new StatusBuilder()
                .withCode(code)
                .withMessage("x")
                .withNewDetails()
                .withRetryAfterSeconds(2)
                .endDetails()
                .build();
    }
}
