package dev.retrykit.spring.idempotency.endpoint.webflux;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Exception handlers that no proxy overrides are called on the controller itself, never on an object without its fields. */
@Tag("server")
class PrivateExceptionHandlerTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(WebApplicationType.REACTIVE, Map.of(), Private.class, Final.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @RestController
    static class Private {

        private final String of;

        Private() {
            of = " of the bean"; // not a constant, which an object without its fields would have too
        }

        @Idempotent
        @PostMapping("/private/mono")
        Mono<String> mono() {
            return Mono.fromRunnable(calls::incrementAndGet).then(Mono.error(new IllegalArgumentException("refused")));
        }

        @Idempotent
        @PostMapping("/private/plain")
        String plain() {
            calls.incrementAndGet();
            throw new IllegalArgumentException("refused");
        }

        @ExceptionHandler
        private ResponseEntity<String> handle(IllegalArgumentException failure) {
            return ResponseEntity.unprocessableContent().body(failure.getMessage() + of);
        }
    }

    @RestController
    static class Final {

        private final String of;

        Final() {
            of = " of the bean"; // not a constant, which an object without its fields would have too
        }

        @Idempotent
        @PostMapping("/final/mono")
        Mono<String> mono() {
            return Mono.fromRunnable(calls::incrementAndGet).then(Mono.error(new IllegalArgumentException("refused")));
        }

        @ExceptionHandler
        final ResponseEntity<String> handle(IllegalArgumentException failure) {
            return ResponseEntity.unprocessableContent().body(failure.getMessage() + of);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/private/mono", "/private/plain", "/final/mono"})
    void answers(String path) {
        int before = calls.get();
        HttpResponse<byte[]> first = shop.post(path, key, "{}");
        assertThat(first.statusCode()).as(text(first)).isEqualTo(422);
        assertThat(text(first)).isEqualTo("refused of the bean");
        assertReplay(first, shop.post(path, key, "{}"));
        assertThat(calls).hasValue(before + 1);
    }
}
