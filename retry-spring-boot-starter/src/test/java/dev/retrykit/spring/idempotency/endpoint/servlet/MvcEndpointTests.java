package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.idempotency.endpoint.EndpointContract;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

class MvcEndpointTests extends EndpointContract {

    private static Shop shop;

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of("retrykit.idempotency.max-body", MAX_BODY, "spring.mvc.async.request-timeout", "300ms"),
                Controller.class,
                Advice.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Override
    protected Shop shop() {
        return shop;
    }

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/payments")
        ResponseEntity<Payment> pay(@RequestBody Map<String, Object> order, HttpServletResponse response) {
            calls.incrementAndGet();
            entered.countDown();
            gate.join();
            response.addCookie(new Cookie("session", "secret"));
            return Payment.created().body(Payment.of(order));
        }

        @Idempotent
        @PostMapping("/orders")
        String order(@RequestBody Map<String, Object> order) {
            return "call " + calls.incrementAndGet() + " " + order;
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
}
