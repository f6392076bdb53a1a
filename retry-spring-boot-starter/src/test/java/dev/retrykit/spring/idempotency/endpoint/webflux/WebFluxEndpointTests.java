package dev.retrykit.spring.idempotency.endpoint.webflux;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

class WebFluxEndpointTests {

    private static final AtomicInteger calls = new AtomicInteger();
    private static final CountDownLatch entered = new CountDownLatch(1);
    private static final CountDownLatch cancelled = new CountDownLatch(1);

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.REACTIVE,
                Map.of("retrykit.idempotency.max-body", "64KB"),
                Controller.class,
                Advice.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    record Payment(String id, long cents) {}

    @RestControllerAdvice
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> any(IllegalArgumentException failure) {
            return ResponseEntity.status(422).body("handled " + System.nanoTime());
        }
    }

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/payments")
        Mono<ResponseEntity<Payment>> pay(@RequestBody Mono<Map<String, Object>> order) {
            return order.map(fields -> ResponseEntity.created(URI.create("/payments/" + calls.incrementAndGet()))
                    .header(
                            "Set-Cookie",
                            ResponseCookie.from("session", "secret").build().toString())
                    .body(new Payment(UUID.randomUUID().toString(), ((Number) fields.get("cents")).longValue())));
        }

        @Idempotent
        @PostMapping("/statuses/{status}")
        Mono<ResponseEntity<String>> status(@PathVariable int status) {
            return Mono.fromCallable(() ->
                    ResponseEntity.status(HttpStatusCode.valueOf(status)).body("call " + calls.incrementAndGet()));
        }

        @Idempotent
        @PostMapping("/empty")
        Mono<Void> empty() {
            return Mono.fromRunnable(calls::incrementAndGet);
        }

        @Idempotent
        @PostMapping("/thrown/{status}")
        Mono<String> thrown(@PathVariable int status) {
            return Mono.error(() -> {
                calls.incrementAndGet();
                return new ResponseStatusException(HttpStatus.valueOf(status), "no");
            });
        }

        @Idempotent
        @PostMapping("/handled")
        Mono<String> handled() {
            calls.incrementAndGet();
            throw new IllegalArgumentException();
        }

        @Idempotent
        @PostMapping("/large")
        Mono<byte[]> large(@RequestParam int size) {
            return Mono.fromCallable(() -> {
                calls.incrementAndGet();
                return new byte[size];
            });
        }

        @Idempotent
        @PostMapping("/slow")
        Mono<String> slow() {
            return Mono.defer(() -> {
                calls.incrementAndGet();
                entered.countDown();
                return Mono.<String>never().doOnCancel(cancelled::countDown);
            });
        }

        @Idempotent
        @PostMapping("/form")
        Mono<String> form(ServerWebExchange exchange) {
            return exchange.getFormData().map(fields -> "call " + calls.incrementAndGet() + " " + fields);
        }

        @Idempotent
        @PostMapping("/upload")
        Mono<String> upload(@RequestPart("file") FilePart file, @RequestPart("note") String note) {
            return file.content()
                    .map(buffer -> buffer.toString(StandardCharsets.UTF_8))
                    .reduce("", String::concat)
                    .map(text -> "call " + calls.incrementAndGet() + " " + file.filename() + " " + text.length() + " "
                            + note);
        }
    }

    @Test
    void givesARepeatTheSameAnswer() {
        int before = calls.get();
        HttpResponse<byte[]> first = shop.post("/payments", key, "{\"cents\":10}");
        assertThat(first.statusCode()).isEqualTo(201);
        HttpResponse<byte[]> repeat = shop.post("/payments", key, "{ \"cents\": 10.0 }");
        assertReplay(first, repeat);
        assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
        assertThat(repeat.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(calls).hasValue(before + 1);
        assertProblem(shop.post("/payments", key, "{\"cents\":11}"), 422, "used for a different request");
    }

    @Test
    void wantsAKey() {
        assertProblem(shop.post("/payments", null, "{\"cents\":10}"), 400, "is missing");
        assertProblem(shop.post("/payments", "k".repeat(256), "{\"cents\":10}"), 400, "255 characters");
    }

    @Test
    void refusesALargeRequestBeforeItIsCarriedOut() {
        assertProblem(shop.post("/payments", key, "{\"x\":\"" + "x".repeat(65536) + "\"}"), 413, "65536");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 303, 404, 422})
    void keepsWhatIsFinal(int status) {
        HttpResponse<byte[]> first = shop.post("/statuses/" + status, key, "");
        assertThat(first.statusCode()).isEqualTo(status);
        assertReplay(first, shop.post("/statuses/" + status, key, ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 409, 429, 500, 503})
    void freesTheKeyForWhatPasses(int status) {
        HttpResponse<byte[]> first = shop.post("/statuses/" + status, key, "");
        assertThat(shop.post("/statuses/" + status, key, "").body()).isNotEqualTo(first.body());
    }

    @Test
    void keepsThatThereWasNothingToSay() {
        int before = calls.get();
        assertReplay(shop.post("/empty", key, ""), shop.post("/empty", key, ""));
        assertThat(calls).hasValue(before + 1);
    }

    @Test
    void keepsTheStatusOfAnErrorThatSpringAnswers() {
        int before = calls.get();
        assertThat(shop.post("/thrown/404", key, "").statusCode()).isEqualTo(404);
        HttpResponse<byte[]> repeat = shop.post("/thrown/404", key, "");
        assertThat(repeat.statusCode()).isEqualTo(404);
        assertThat(repeat.headers().firstValue("Idempotent-Replayed")).contains("true");
        assertThat(calls).hasValue(before + 1);
        assertThat(shop.post("/thrown/503", key + 1, "").statusCode()).isEqualTo(503);
        assertThat(shop.post("/thrown/503", key + 1, "").statusCode()).isEqualTo(503);
        assertThat(calls).hasValue(before + 3);
    }

    @Test
    void keepsWhatAHandlerOfExceptionsAnswered() {
        HttpResponse<byte[]> first = shop.post("/handled", key, "");
        assertThat(first.statusCode()).isEqualTo(422);
        assertReplay(first, shop.post("/handled", key, ""));
    }

    @Test
    void keepsThatALargeAnswerWasGiven() {
        int before = calls.get();
        assertThat(shop.post("/large?size=65536", key, "").body()).hasSize(65536);
        assertThat(shop.post("/large?size=65536", key, "").body()).hasSize(65536);
        HttpResponse<byte[]> first = shop.post("/large?size=1114112", key + 1, "");
        assertThat(first.body()).hasSize(1114112);
        assertProblem(shop.post("/large?size=1114112", key + 1, ""), 409, "its response was not stored");
        assertThat(calls).hasValue(before + 2);
    }

    @Test
    void doesNotFreeWhatIsCancelled() throws Exception {
        int before = calls.get();
        HttpRequest request = HttpRequest.newBuilder(URI.create(shop.url("/slow")))
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.noBody())
                .build();
        CompletableFuture<HttpResponse<byte[]>> first =
                HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofByteArray());
        entered.await();
        assertProblem(Shop.send(request), 409, "is in progress");
        first.cancel(true);
        cancelled.await();
        assertThat(Shop.send(request).statusCode()).isEqualTo(409);
        assertThat(calls).hasValue(before + 1);
    }

    @Test
    void readsForms() {
        HttpResponse<byte[]> first = form("a=1&b=2");
        assertThat(text(first)).endsWith("{a=[1], b=[2]}");
        assertReplay(first, form("a=1&b=2"));
        assertThat(form("a=1&b=3").statusCode()).isEqualTo(422);
    }

    private HttpResponse<byte[]> form(String body) {
        return Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/form")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    @Test
    void comparesUploadsWithoutTheirBoundary() {
        HttpResponse<byte[]> first = upload("one", "content".repeat(1000));
        assertThat(text(first)).endsWith("a.txt 7000 hello");
        assertReplay(first, upload("another", "content".repeat(1000)));
        assertThat(upload("one", "contents").statusCode()).isEqualTo(422);
    }

    private HttpResponse<byte[]> upload(String boundary, String content) {
        String body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
                + "Content-Type: text/plain\r\n\r\n" + content + "\r\n--" + boundary
                + "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--" + boundary + "--\r\n";
        return Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/upload")))
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(body))
                .build());
    }
}
