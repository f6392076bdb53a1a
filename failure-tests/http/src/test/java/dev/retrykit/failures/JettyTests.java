package dev.retrykit.failures;

import static dev.retrykit.failures.Loopback.failureOf;

import java.io.EOFException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpRequestException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.RetryableRequestException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.EofException;

/** What failures of the Jetty client mean. */
class JettyTests extends BookTests {

    private static final String CUT = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";
    private static final String NO_CHUNK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc";

    static Stream<Row> rows() {
        return Stream.concat(real(), types());
    }

    private static Stream<Row> real() {
        return Stream.of(
                row("Jetty: GET 503", answered(HttpMethod.GET, 503), "transient status 503"),
                row(
                        "Jetty: GET 503, Retry-After 1",
                        answered(HttpMethod.GET, 503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("Jetty: GET 404", answered(HttpMethod.GET, 404), "answered status 404"),
                row("Jetty: GET 429", answered(HttpMethod.GET, 429), "throttled status 429"),
                row("Jetty: POST 503", answered(HttpMethod.POST, 503), "unknown-effect status 503"),
                row(
                        "Jetty: POST 503, Retry-After 1",
                        answered(HttpMethod.POST, 503, "Retry-After", "1"),
                        "transient after 1s status 503"),
                row("Jetty: redirect loop", answered(HttpMethod.GET, 302, "Location", "/again"), "permanent"),
                row("Jetty: no HTTP", sent("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "transient"),
                row("Jetty: no chunk", sent(NO_CHUNK), "transient"),
                row("Jetty: cut", sent(CUT), "transient"),
                row("Jetty: no answer", sent(""), "transient"),
                row(
                        "Jetty: refused",
                        failureOf(() -> get(client -> client.newRequest(Loopback.closedPort()))),
                        "transient"),
                row("Jetty: timeout", hung(), "transient"),
                row("Jetty: its queue is full", full(), "neutral"));
    }

    private static Stream<Row> types() {
        Request get = new HttpClient().newRequest("http://localhost");
        Request post = new HttpClient().POST("http://localhost");
        return Stream.of(
                row(
                        "Jetty: connection taken",
                        new HttpRequestException("Could not associate request to connection", get),
                        "transient"),
                row(
                        "Jetty: connection taken from a POST",
                        new HttpRequestException("Could not associate request to connection", post),
                        "unknown-effect"),
                row(
                        "Jetty: a request that can't be sent",
                        new HttpRequestException("Request header too large", get),
                        "neutral"),
                row("Jetty: to be sent again", new RetryableRequestException("x"), "transient"),
                row(
                        "Jetty: to be sent again because of a full queue",
                        new RetryableRequestException(new RejectedExecutionException("x")),
                        "neutral"),
                row("Jetty: bad message", new HttpException.RuntimeException(400, "Illegal character"), "transient"),
                row("Jetty: header too large", new HttpException.RuntimeException(431), "permanent"),
                row("Jetty: end of file", new EofException("Closed"), "transient"),
                row(
                        "Jetty: end of a connection",
                        new EOFException("HttpConnectionOverHTTP@1(l:/127.0.0.1:1)"),
                        "transient"),
                row("Jetty: end of some file", new EOFException("x"), "unknown"),
                row(
                        "Jetty: idle timeout",
                        new ExecutionException(new TimeoutException("Idle timeout 100/100 ms")),
                        "transient"));
    }

    private static Throwable answered(HttpMethod method, int status, String... headers) {
        try (Loopback server = Loopback.answers(status, headers)) {
            return failureOf(() -> get(
                    client -> client.newRequest(server.url()).method(method).onResponseHeaders(JettyTests::refuse)));
        }
    }

    /** Jetty's own word for an answer that isn't wanted. */
    private static void refuse(Response response) {
        if (response.getStatus() >= 400) {
            response.abort(new HttpResponseException("It was " + response.getStatus(), response));
        }
    }

    private static Throwable sent(String bytes) {
        try (Loopback server = Loopback.sends(bytes)) {
            return failureOf(() -> get(client -> client.newRequest(server.url())));
        }
    }

    private static Throwable hung() {
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> get(client -> client.newRequest(server.url()).timeout(150, TimeUnit.MILLISECONDS)));
        }
    }

    private static Throwable full() {
        try (Loopback server = Loopback.hangs()) {
            return failureOf(() -> get(client -> {
                client.setMaxConnectionsPerDestination(1);
                client.setMaxRequestsQueuedPerDestination(1);
                CountDownLatch begun = new CountDownLatch(1);
                client.newRequest(server.url())
                        .onRequestCommit(request -> begun.countDown())
                        .send(result -> {});
                begun.await(); // from now on the connection is taken, and the queue empty
                client.newRequest(server.url()).send(result -> {});
                return client.newRequest(server.url());
            }));
        }
    }

    private static Object get(Requests requests) throws Exception {
        HttpClient client = new HttpClient();
        client.start();
        try {
            return requests.of(client).send();
        } finally {
            client.stop();
        }
    }

    /** Makes a request of a client. */
    @FunctionalInterface
    private interface Requests {

        Request of(HttpClient client) throws Exception;
    }
}
