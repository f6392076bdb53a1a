package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

class MvcEndpointTests {

    private static final AtomicInteger calls = new AtomicInteger();
    private static volatile CountDownLatch entered = new CountDownLatch(1);
    private static volatile CountDownLatch gate = new CountDownLatch(0);

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of("retrykit.idempotency.max-body", "64KB", "spring.mvc.async.request-timeout", "300ms"),
                Controller.class,
                Advice.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    record Payment(String id, long cents) {}

    static class HandledException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Handles everything, as some applications do. */
    @RestControllerAdvice
    static class Advice {

        @ExceptionHandler
        ResponseEntity<String> handled(HandledException failure) {
            return ResponseEntity.status(422).body("handled " + System.nanoTime());
        }
    }

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/payments")
        ResponseEntity<Payment> pay(@RequestBody Map<String, Object> order, HttpServletResponse response)
                throws InterruptedException {
            calls.incrementAndGet();
            entered.countDown();
            gate.await();
            response.addCookie(new Cookie("session", "secret"));
            return ResponseEntity.created(URI.create("/payments/" + calls.get()))
                    .header("X-Trace", "private")
                    .body(new Payment(UUID.randomUUID().toString(), ((Number) order.get("cents")).longValue()));
        }

        @Idempotent(required = false)
        @PostMapping("/optional")
        String optional() {
            return "call " + calls.incrementAndGet();
        }

        @Idempotent
        @PostMapping("/statuses/{status}")
        ResponseEntity<String> status(@PathVariable int status) {
            return ResponseEntity.status(HttpStatusCode.valueOf(status)).body("call " + calls.incrementAndGet());
        }

        @Idempotent
        @PostMapping("/thrown/{status}")
        String thrown(@PathVariable int status) {
            calls.incrementAndGet();
            throw new ResponseStatusException(HttpStatus.valueOf(status), "no");
        }

        @Idempotent
        @PostMapping("/unresolved")
        String unresolved() {
            calls.incrementAndGet();
            throw new IllegalStateException("unresolved");
        }

        @Idempotent
        @PostMapping("/handled")
        String handled() {
            calls.incrementAndGet();
            throw new HandledException();
        }

        @Idempotent
        @PostMapping("/large")
        byte[] large(@RequestParam int size) {
            calls.incrementAndGet();
            return new byte[size];
        }

        @Idempotent
        @PostMapping("/direct")
        void direct(HttpServletRequest request, HttpServletResponse response) throws IOException {
            calls.incrementAndGet();
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter().write("äöü " + request.getReader().readLine() + " " + calls.get());
            response.getWriter().flush();
            response.flushBuffer();
        }

        @Idempotent
        @PostMapping("/redirect")
        void redirect(HttpServletResponse response) throws IOException {
            response.sendRedirect("/elsewhere/" + calls.incrementAndGet());
        }

        @Idempotent
        @PostMapping("/callable")
        Callable<String> callable() {
            return () -> "call " + calls.incrementAndGet();
        }

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<ResponseEntity<String>> deferred() {
            DeferredResult<ResponseEntity<String>> later = new DeferredResult<>();
            CompletableFuture.runAsync(
                    () -> later.setResult(ResponseEntity.accepted().body("call " + calls.incrementAndGet())));
            return later;
        }

        @Idempotent
        @PostMapping("/never")
        DeferredResult<String> never() {
            calls.incrementAndGet();
            return new DeferredResult<>();
        }

        @Idempotent
        @PostMapping("/mono")
        Mono<String> mono() {
            return Mono.fromCallable(() -> "call " + calls.incrementAndGet());
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<String> stage() {
            return CompletableFuture.supplyAsync(() -> "call " + calls.incrementAndGet());
        }

        @Idempotent
        @PostMapping("/upload")
        String upload(@RequestParam("file") MultipartFile file, @RequestParam("note") String note) throws IOException {
            return "call " + calls.incrementAndGet() + " " + file.getOriginalFilename() + " "
                    + new String(file.getBytes(), StandardCharsets.UTF_8) + " " + note;
        }

        @Idempotent
        @PostMapping("/form")
        String form(@RequestParam Map<String, String> fields) {
            return "call " + calls.incrementAndGet() + " " + fields;
        }

        @Idempotent
        @PutMapping("/form")
        String putForm(@RequestParam Map<String, String> fields) {
            return form(fields);
        }

        @Idempotent(scope = "#tenant")
        @PostMapping("/tenants")
        String tenant(@RequestParam String tenant) {
            return "call " + calls.incrementAndGet() + " for " + tenant;
        }
    }

    @Test
    void givesARepeatTheSameAnswer() {
        int before = calls.get();
        HttpResponse<byte[]> first = shop.post("/payments", key, "{\"cents\":10}");
        HttpResponse<byte[]> repeat = shop.post("/payments", key, "{\"cents\":10}");
        assertThat(first.statusCode()).isEqualTo(201);
        assertReplay(first, repeat);
        assertThat(first.headers().firstValue("Set-Cookie")).isPresent();
        assertThat(repeat.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(repeat.headers().firstValue("X-Trace")).isEmpty();
        assertThat(calls).hasValue(before + 1);
    }

    @Test
    void carriesOutEachKeyOnce() {
        assertThat(shop.post("/payments", key + "a", "{\"cents\":10}").body())
                .isNotEqualTo(
                        shop.post("/payments", key + "b", "{\"cents\":10}").body());
    }

    @Test
    void takesAQuotedKeyForTheSame() {
        HttpResponse<byte[]> first = shop.post("/payments", key, "{\"cents\":10}");
        assertReplay(first, shop.post("/payments", '"' + key + '"', "{\"cents\":10}"));
    }

    @Test
    void refusesAnotherRequestWithTheKey() {
        shop.post("/payments", key, "{\"cents\":10}");
        assertProblem(shop.post("/payments", key, "{\"cents\":11}"), 422, "used for a different request");
        assertProblem(shop.post("/payments?a=b", key, "{\"cents\":10}"), 422, "used for a different request");
    }

    @Test
    void comparesJsonByItsContent() {
        HttpResponse<byte[]> first = shop.post("/payments", key, "{\"cents\":10,\"to\":{\"a\":1.0,\"b\":[1,2]}}");
        assertReplay(first, shop.post("/payments", key, " {\"to\": {\"b\":[1, 2], \"a\":1}, \"cents\": 1e1}"));
        assertThat(shop.post("/payments", key, "{\"cents\":10,\"to\":{\"a\":1,\"b\":[2,1]}}")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void answersWhileTheFirstOneRuns() throws Exception {
        entered = new CountDownLatch(1);
        gate = new CountDownLatch(1);
        CompletableFuture<HttpResponse<byte[]>> first =
                AtOnce.start(() -> shop.post("/payments", key, "{\"cents\":10}"));
        entered.await();
        HttpResponse<byte[]> repeat = shop.post("/payments", key, "{\"cents\":10}");
        assertProblem(repeat, 409, "is in progress");
        assertThat(repeat.headers().firstValue("Retry-After")).contains("1");
        assertThat(shop.post("/payments", key, "{\"cents\":11}").statusCode()).isEqualTo(422);
        gate.countDown();
        assertReplay(first.get(), shop.post("/payments", key, "{\"cents\":10}"));
    }

    @Test
    void wantsAKey() {
        int before = calls.get();
        assertProblem(shop.post("/payments", null, "{\"cents\":10}"), 400, "is missing");
        assertProblem(shop.post("/payments", "", "{\"cents\":10}"), 400, "must not be empty");
        assertProblem(shop.post("/payments", "k".repeat(256), "{\"cents\":10}"), 400, "255 characters");
        assertProblem(shop.post("/payments", "\"open", "{\"cents\":10}"), 400, "RFC 9651");
        assertProblem(
                shop.post("/payments", "one", "{\"cents\":10}", "Idempotency-Key", "two"), 400, "one key, not several");
        assertThat(calls).hasValue(before);
        assertThat(shop.post("/payments", "k".repeat(255), "{\"cents\":10}").statusCode())
                .isEqualTo(201);
    }

    @Test
    void carriesOutEachRequestWithoutAKeyIfNoneIsRequired() {
        assertThat(shop.post("/optional", null, "").body())
                .isNotEqualTo(shop.post("/optional", null, "").body());
        assertReplay(shop.post("/optional", key, ""), shop.post("/optional", key, ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204, 303, 400, 404, 410, 422})
    void keepsWhatIsFinal(int status) {
        HttpResponse<byte[]> first = shop.post("/statuses/" + status, key, "");
        assertThat(first.statusCode()).isEqualTo(status);
        assertReplay(first, shop.post("/statuses/" + status, key, ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 408, 409, 425, 429, 500, 502, 503})
    void freesTheKeyForWhatPasses(int status) {
        HttpResponse<byte[]> first = shop.post("/statuses/" + status, key, "");
        HttpResponse<byte[]> repeat = shop.post("/statuses/" + status, key, "");
        assertThat(first.statusCode()).isEqualTo(status);
        assertThat(repeat.statusCode()).isEqualTo(status);
        assertThat(repeat.body()).isNotEqualTo(first.body());
        assertThat(shop.post("/statuses/" + status + "?other", key, "").statusCode())
                .isEqualTo(status);
    }

    @Test
    void keepsTheStatusOfAnErrorPage() {
        int before = calls.get();
        HttpResponse<byte[]> first = shop.post("/thrown/404", key, "");
        HttpResponse<byte[]> repeat = shop.post("/thrown/404", key, "");
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
        assertThat(shop.post(path, key, "").statusCode()).isEqualTo(status);
        assertThat(shop.post(path, key, "").statusCode()).isEqualTo(status);
        assertThat(calls).hasValue(before + 2);
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
        assertThat(calls).hasValue(before + 1);
        HttpResponse<byte[]> first = shop.post("/large?size=1114112", key + 1, "");
        assertThat(first.body()).hasSize(1114112);
        assertProblem(shop.post("/large?size=1114112", key + 1, ""), 409, "its response was not stored");
        assertThat(calls).hasValue(before + 2);
    }

    @Test
    void refusesALargeRequestBeforeItIsCarriedOut() {
        int before = calls.get();
        assertProblem(shop.post("/payments", key, "{\"cents\":10,\"x\":\"" + "x".repeat(65536) + "\"}"), 413, "65536");
        assertThat(calls).hasValue(before);
    }

    @Test
    void keepsWhatIsWrittenDirectly() {
        HttpResponse<byte[]> first = shop.post("/direct", key, "body");
        assertThat(text(first)).startsWith("äöü body");
        assertReplay(first, shop.post("/direct", key, "body"));
    }

    @Test
    void keepsARedirection() {
        HttpResponse<byte[]> first = shop.post("/redirect", key, "");
        assertThat(first.statusCode()).isEqualTo(302);
        assertReplay(first, shop.post("/redirect", key, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/callable", "/deferred", "/mono", "/stage"})
    void keepsWhatIsAnsweredLater(String path) {
        HttpResponse<byte[]> first = shop.post(path, key, "");
        assertThat(text(first)).startsWith("call ");
        assertReplay(first, shop.post(path, key, ""));
    }

    @Test
    void doesNotFreeWhatGoesOnAfterATimeout() {
        int before = calls.get();
        assertThat(shop.post("/never", key, "").statusCode()).isEqualTo(503);
        assertThat(shop.post("/never", key, "").statusCode()).isEqualTo(409);
        assertThat(calls).hasValue(before + 1);
    }

    @Test
    void comparesFormsByTheirFields() {
        HttpResponse<byte[]> first = form("POST", "a=1&b=%32");
        assertThat(text(first)).endsWith("{a=1, b=2}");
        assertReplay(first, form("POST", "b=2&a=1"));
        assertThat(form("POST", "b=2&a=2").statusCode()).isEqualTo(422);
    }

    @Test
    void readsTheFormOfAPut() {
        HttpResponse<byte[]> first = form("PUT", "a=1&b=2");
        assertThat(text(first)).endsWith("{a=1, b=2}");
        assertReplay(first, form("PUT", "b=2&a=1"));
        assertThat(form("PUT", "b=2&a=2").statusCode()).isEqualTo(422);
    }

    private HttpResponse<byte[]> form(String method, String body) {
        return Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/form")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Idempotency-Key", key)
                .method(method, BodyPublishers.ofString(body))
                .build());
    }

    @Test
    void comparesUploadsWithoutTheirBoundary() {
        HttpResponse<byte[]> first = upload("one", "content");
        assertThat(text(first)).endsWith("a.txt content hello");
        assertReplay(first, upload("another", "content"));
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

    @Test
    void keepsScopesApart() {
        HttpResponse<byte[]> acme = shop.post("/tenants?tenant=acme", key, "");
        assertThat(text(shop.post("/tenants?tenant=other", key, ""))).endsWith("for other");
        assertReplay(acme, shop.post("/tenants?tenant=acme", key, ""));
    }

    @Test
    void leavesRequestsThatAreMalformedToTheirHandler() {
        assertThat(shop.post("/payments", key, "{").statusCode()).isEqualTo(400);
        assertThat(shop.post("/payments", key, "{\"cents\":10}").statusCode()).isEqualTo(201);
    }
}
