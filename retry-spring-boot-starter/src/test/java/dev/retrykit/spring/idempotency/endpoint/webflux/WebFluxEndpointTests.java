package dev.retrykit.spring.idempotency.endpoint.webflux;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.idempotency.endpoint.EndpointContract;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

class WebFluxEndpointTests extends EndpointContract {

    private static final CountDownLatch begun = new CountDownLatch(1);
    private static final CountDownLatch cancelled = new CountDownLatch(1);

    private static Shop shop;

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.REACTIVE,
                Map.of("retrykit.idempotency.max-body", MAX_BODY),
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
        Mono<ResponseEntity<Payment>> pay(@RequestBody Mono<Map<String, Object>> order) {
            return order.flatMap(fields -> {
                calls.incrementAndGet();
                entered.countDown();
                return Mono.fromFuture(gate)
                        .then(Mono.fromCallable(() -> Payment.created()
                                .header(
                                        "Set-Cookie",
                                        ResponseCookie.from("session", "secret")
                                                .build()
                                                .toString())
                                .body(Payment.of(fields))));
            });
        }

        @Idempotent
        @PostMapping("/orders")
        Mono<String> order(@RequestBody Map<String, Object> order) {
            return Mono.fromCallable(() -> "call " + calls.incrementAndGet() + " " + order);
        }

        @Idempotent(required = false)
        @PostMapping("/optional")
        Mono<String> optional() {
            return Mono.fromCallable(() -> "call " + calls.incrementAndGet());
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
            throw new HandledException();
        }

        @Idempotent
        @PostMapping("/unresolved")
        Mono<String> unresolved() {
            return Mono.error(() -> {
                calls.incrementAndGet();
                return new IllegalStateException("unresolved");
            });
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
                begun.countDown();
                return Mono.<String>never().doOnCancel(cancelled::countDown);
            });
        }

        @Idempotent
        @PostMapping("/form")
        Mono<String> form(ServerWebExchange exchange) {
            return exchange.getFormData()
                    .map(fields -> "call " + calls.incrementAndGet() + " " + fields.toSingleValueMap());
        }

        @Idempotent
        @PostMapping("/upload")
        Mono<String> upload(@RequestPart("file") FilePart file, @RequestPart("note") String note) {
            return file.content()
                    .map(buffer -> buffer.toString(StandardCharsets.UTF_8))
                    .reduce("", String::concat)
                    .map(text -> "call " + calls.incrementAndGet() + " " + file.filename() + " " + text + " " + note);
        }

        @Idempotent(scope = "#tenant")
        @PostMapping("/tenants")
        Mono<String> tenant(@RequestParam String tenant) {
            return Mono.fromCallable(() -> "call " + calls.incrementAndGet() + " for " + tenant);
        }
    }

    @Test
    void keepsThatThereWasNothingToSay() {
        int before = calls.get();
        assertReplay(shop.post("/empty", key, ""), shop.post("/empty", key, ""));
        assertThat(calls).hasValue(before + 1);
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
        begun.await();
        assertProblem(Shop.send(request), 409, "is in progress");
        first.cancel(true);
        cancelled.await();
        assertThat(Shop.send(request).statusCode()).isEqualTo(409);
        assertThat(calls).hasValue(before + 1);
    }
}
