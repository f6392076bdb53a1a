package dev.retrykit.spring.idempotency.endpoint;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Shop;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * What clients see of idempotent handlers, in MVC as in WebFlux. Each has an application with the limit {@link #MAX_BODY},
 * {@link Advice} and a controller whose handlers count {@link #calls}.
 */
public abstract class EndpointContract {

    protected static final String MAX_BODY = "64KB";

    protected static final AtomicInteger calls = new AtomicInteger();

    /** A payment has been taken, and is carried out once the gate is completed. */
    protected static volatile CountDownLatch entered = new CountDownLatch(1);

    protected static volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    protected final String key = UUID.randomUUID().toString();

    protected abstract Shop shop();

    /** The response to an order, which also has a cookie. */
    public record Payment(String id, long cents) {

        public static Payment of(Map<String, Object> order) {
            return new Payment(UUID.randomUUID().toString(), ((Number) order.get("cents")).longValue());
        }

        /** The response without a body. */
        public static ResponseEntity.BodyBuilder created() {
            return ResponseEntity.created(URI.create("/payments/" + calls.get()))
                    .header("X-Trace", "private");
        }
    }

    public static class HandledException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Answers some exceptions, as most applications do. */
    @RestControllerAdvice
    public static class Advice {

        @ExceptionHandler
        ResponseEntity<String> handled(HandledException failure) {
            return ResponseEntity.status(422).body("handled " + System.nanoTime());
        }
    }

    protected final HttpResponse<byte[]> post(String path, String key, String json, String... headers) {
        return shop().post(path, key, json, headers);
    }

    @Test
    void givesARepeatTheSameAnswer() {
        int before = calls.get();
        HttpResponse<byte[]> first = post("/payments", key, "{\"cents\":10}");
        HttpResponse<byte[]> repeat = post("/payments", key, "{\"cents\":10}");
        assertThat(first.statusCode()).isEqualTo(201);
        assertReplay(first, repeat);
        assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
        assertThat(repeat.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(repeat.headers().firstValue("X-Trace")).isEmpty();
        assertThat(calls).hasValue(before + 1);
    }

    @Test
    void carriesOutEachKeyOnce() {
        assertThat(post("/payments", key + "a", "{\"cents\":10}").body())
                .isNotEqualTo(post("/payments", key + "b", "{\"cents\":10}").body());
    }

    @Test
    void takesAQuotedKeyForTheSame() {
        HttpResponse<byte[]> first = post("/payments", key, "{\"cents\":10}");
        assertReplay(first, post("/payments", '"' + key + '"', "{\"cents\":10}"));
    }

    @Test
    void refusesAnotherRequestWithTheKey() {
        post("/payments", key, "{\"cents\":10}");
        assertProblem(post("/payments", key, "{\"cents\":11}"), 422, "used for a different request");
        assertProblem(post("/payments?a=b", key, "{\"cents\":10}"), 422, "used for a different request");
    }

    @Test
    void comparesJsonByItsContent() {
        HttpResponse<byte[]> first = post("/payments", key, "{\"cents\":10,\"to\":{\"a\":1.0,\"b\":[1,2]}}");
        assertReplay(first, post("/payments", key, " {\"to\": {\"b\":[1, 2], \"a\":1}, \"cents\": 1e1}"));
        assertThat(post("/payments", key, "{\"cents\":10,\"to\":{\"a\":1,\"b\":[2,1]}}")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void answersWhileTheFirstOneRuns() throws Exception {
        entered = new CountDownLatch(1);
        gate = new CompletableFuture<>();
        CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(() -> post("/payments", key, "{\"cents\":10}"));
        entered.await();
        HttpResponse<byte[]> repeat = post("/payments", key, "{\"cents\":10}");
        assertProblem(repeat, 409, "is in progress");
        assertThat(repeat.headers().firstValue("Retry-After")).contains("1");
        assertThat(post("/payments", key, "{\"cents\":11}").statusCode()).isEqualTo(422);
        gate.complete(null);
        assertReplay(first.get(), post("/payments", key, "{\"cents\":10}"));
    }

    @Test
    void wantsAKey() {
        int before = calls.get();
        assertProblem(post("/payments", null, "{\"cents\":10}"), 400, "is missing");
        assertProblem(post("/payments", "", "{\"cents\":10}"), 400, "must not be empty");
        assertProblem(post("/payments", "k".repeat(256), "{\"cents\":10}"), 400, "255 characters");
        assertProblem(post("/payments", "\"open", "{\"cents\":10}"), 400, "RFC 9651");
        assertProblem(
                post("/payments", "one", "{\"cents\":10}", "Idempotency-Key", "two"), 400, "one key, not several");
        assertThat(calls).hasValue(before);
        assertThat(post("/payments", "k".repeat(255), "{\"cents\":10}").statusCode())
                .isEqualTo(201);
    }

    @Test
    void carriesOutEachRequestWithoutAKeyIfNoneIsRequired() {
        assertThat(post("/optional", null, "").body())
                .isNotEqualTo(post("/optional", null, "").body());
        assertReplay(post("/optional", key, ""), post("/optional", key, ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204, 303, 400, 404, 410, 422})
    void keepsWhatIsFinal(int status) {
        HttpResponse<byte[]> first = post("/statuses/" + status, key, "");
        assertThat(first.statusCode()).isEqualTo(status);
        assertReplay(first, post("/statuses/" + status, key, ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 408, 409, 425, 429, 500, 502, 503})
    void freesTheKeyForWhatPasses(int status) {
        HttpResponse<byte[]> first = post("/statuses/" + status, key, "");
        HttpResponse<byte[]> repeat = post("/statuses/" + status, key, "");
        assertThat(first.statusCode()).isEqualTo(status);
        assertThat(repeat.statusCode()).isEqualTo(status);
        assertThat(repeat.body()).isNotEqualTo(first.body());
        assertThat(post("/statuses/" + status + "?other", key, "").statusCode()).isEqualTo(status);
    }

    @Test
    void keepsTheStatusOfAnErrorPage() {
        int before = calls.get();
        HttpResponse<byte[]> first = post("/thrown/404", key, "");
        HttpResponse<byte[]> repeat = post("/thrown/404", key, "");
        assertThat(first.statusCode()).isEqualTo(404);
        assertThat(text(first)).contains("\"path\":\"/thrown/404\"");
        assertThat(repeat.statusCode()).isEqualTo(404);
        assertThat(text(repeat)).contains("\"path\":\"/thrown/404\"");
        assertThat(repeat.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(calls).hasValue(before + 1);
    }

    @ParameterizedTest
    @CsvSource({"/thrown/503, 503", "/unresolved, 500"})
    void freesTheKeyOfWhatFailed(String path, int status) {
        int before = calls.get();
        assertThat(post(path, key, "").statusCode()).isEqualTo(status);
        assertThat(post(path, key, "").statusCode()).isEqualTo(status);
        assertThat(calls).hasValue(before + 2);
    }

    @Test
    void keepsWhatAHandlerOfExceptionsAnswered() {
        HttpResponse<byte[]> first = post("/handled", key, "");
        assertThat(first.statusCode()).isEqualTo(422);
        assertReplay(first, post("/handled", key, ""));
    }

    @Test
    void keepsThatALargeAnswerWasGiven() {
        int before = calls.get();
        assertThat(post("/large?size=65536", key, "").body()).hasSize(65536);
        assertThat(post("/large?size=65536", key, "").body()).hasSize(65536);
        assertThat(calls).hasValue(before + 1);
        HttpResponse<byte[]> first = post("/large?size=1114112", key + 1, "");
        assertThat(first.body()).hasSize(1114112);
        assertProblem(post("/large?size=1114112", key + 1, ""), 409, "its response was not stored");
        assertThat(calls).hasValue(before + 2);
    }

    @Test
    void refusesALargeRequestBeforeItIsCarriedOut() {
        int before = calls.get();
        assertProblem(post("/payments", key, "{\"cents\":10,\"x\":\"" + "x".repeat(65536) + "\"}"), 413, "65536");
        assertThat(calls).hasValue(before);
    }

    @Test
    void readsForms() {
        HttpResponse<byte[]> first = form("POST", "a=1&b=2");
        assertThat(text(first)).endsWith("{a=1, b=2}");
        assertReplay(first, form("POST", "a=1&b=2"));
        assertThat(form("POST", "a=1&b=3").statusCode()).isEqualTo(422);
    }

    protected final HttpResponse<byte[]> form(String method, String body) {
        return Shop.send(HttpRequest.newBuilder(URI.create(shop().url("/form")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Idempotency-Key", key)
                .method(method, BodyPublishers.ofString(body))
                .build());
    }

    /** With a file in one piece, and with one in several. */
    @ParameterizedTest
    @ValueSource(ints = {7, 7000})
    void comparesUploadsWithoutTheirBoundary(int size) {
        HttpResponse<byte[]> first = upload("one", "x".repeat(size));
        assertThat(text(first)).endsWith("a.txt " + "x".repeat(size) + " hello");
        assertReplay(first, upload("another", "x".repeat(size)));
        assertThat(upload("one", "x".repeat(size) + "s").statusCode()).isEqualTo(422);
    }

    private HttpResponse<byte[]> upload(String boundary, String content) {
        String body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
                + "Content-Type: text/plain\r\n\r\n" + content + "\r\n--" + boundary
                + "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--" + boundary + "--\r\n";
        return Shop.send(HttpRequest.newBuilder(URI.create(shop().url("/upload")))
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    @Test
    void keepsScopesApart() {
        HttpResponse<byte[]> acme = post("/tenants?tenant=acme", key, "");
        assertThat(text(post("/tenants?tenant=other", key, ""))).endsWith("for other");
        assertReplay(acme, post("/tenants?tenant=acme", key, ""));
    }

    @Test
    void leavesRequestsThatAreMalformedToTheirHandler() {
        assertThat(post("/orders", key, "{").statusCode()).isEqualTo(400);
        assertThat(post("/orders", key, "{\"cents\":10}").statusCode()).isEqualTo(200);
    }
}
