package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** What times out is no longer in flight: nobody is told to come again in a second. */
@Tag("server")
class TimedOutTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.SERVLET, Map.of("spring.mvc.async.request-timeout", "300ms"), Controller.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/deferred")
        DeferredResult<String> deferred() {
            calls.incrementAndGet();
            return new DeferredResult<>();
        }

        @Idempotent
        @PostMapping("/own-timeout")
        DeferredResult<String> ownTimeout() {
            calls.incrementAndGet();
            return new DeferredResult<>(50L);
        }

        @Idempotent
        @PostMapping("/stage")
        CompletableFuture<String> stage() {
            calls.incrementAndGet();
            return new CompletableFuture<>();
        }

        @Idempotent
        @PostMapping("/answered")
        DeferredResult<ResponseEntity<String>> answered() {
            return new DeferredResult<>(50L, () -> ResponseEntity.accepted().body("later " + calls.incrementAndGet()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/deferred", "/own-timeout", "/stage"})
    void endsWithItsRequest(String path) {
        int before = calls.get();
        assertThat(shop.post(path, key, "").statusCode()).isEqualTo(503);
        HttpResponse<byte[]> repeat = shop.post(path, key, "");
        assertThat(text(repeat)).doesNotContain("is in progress");
        assertThat(repeat.headers().firstValue("Retry-After")).isEmpty();
        if (repeat.statusCode() == 409) {
            assertThat(repeat.headers().firstValue("x-should-retry")).contains("false");
            assertThat(calls).hasValue(before + 1);
        } else {
            assertThat(repeat.statusCode()).isEqualTo(503);
            assertThat(calls).hasValue(before + 2);
        }
    }

    @Test
    void keepsWhatATimeoutIsAnsweredWith() {
        int before = calls.get();
        HttpResponse<byte[]> first = shop.post("/answered", key, "");
        assertThat(first.statusCode()).isEqualTo(202);
        assertReplay(first, shop.post("/answered", key, ""));
        assertThat(calls).hasValue(before + 1);
    }
}
