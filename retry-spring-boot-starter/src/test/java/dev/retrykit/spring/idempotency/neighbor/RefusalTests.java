package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.MemoryStore;
import dev.retrykit.spring.idempotency.store.StoredState;
import dev.retrykit.time.TimeSource;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Refusals look alike, whenever they are made and whatever filters and interceptors do to answers. */
@Tag("server")
class RefusalTests {

    private static final String DOWN = "down";

    private static Shop shop;

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of("retrykit.idempotency.max-body", "100B"),
                MvcFilters.Compression.class,
                MvcFilters.Envelope.class,
                Inner.class,
                Controller.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Inner implements WebMvcConfigurer {

        @Bean
        static IdempotencyStore store() {
            return new Failing(new MemoryStore(TimeSource.system(), 100, 100_000));
        }

        @Override
        public void addInterceptors(InterceptorRegistry registry) {
            registry.addInterceptor(new HandlerInterceptor() {
                @Override
                public void postHandle(
                        HttpServletRequest request, HttpServletResponse response, Object handler, ModelAndView view) {
                    if (request.getHeader("X-Fail") != null) {
                        throw new UnsupportedOperationException("after a refusal");
                    }
                }
            });
        }
    }

    private record Failing(IdempotencyStore store) implements IdempotencyStore {

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public StoredState claim(ClaimRequest request) {
            if (down) {
                throw new IllegalStateException(DOWN);
            }
            return store.claim(request);
        }

        @Override
        public boolean renew(Claim claim, Duration lease) {
            return store.renew(claim, lease);
        }

        @Override
        public boolean complete(Claim claim, Answer answer, Duration keep) {
            return store.complete(claim, answer, keep);
        }

        @Override
        public Release release(Claim claim, Duration keep) {
            return store.release(claim, keep);
        }

        @Override
        public boolean free(String id) {
            return store.free(id);
        }
    }

    private static volatile boolean down;

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping({"/plain/pay", "/envelope/pay", "/compression/pay"})
        String pay(@RequestBody String body) {
            return body;
        }

        @ExceptionHandler
        ResponseEntity<String> handle(UnsupportedOperationException failure) {
            return ResponseEntity.internalServerError().body(failure.getMessage());
        }
    }

    private static HttpResponse<byte[]> refused(String path, String why, String... headers) {
        String key = UUID.randomUUID().toString();
        return switch (why) {
            case "missing" -> shop.post(path, null, "{}", headers);
            case "invalid" -> shop.post(path, "x".repeat(256), "{}", headers);
            case "large" -> shop.post(path, key, " ".repeat(101), headers);
            case "mismatch" -> {
                shop.post(path, key, "[]");
                yield shop.post(path, key, "{}", headers);
            }
            default -> {
                down = true;
                try {
                    yield shop.post(path, key, "{}", headers);
                } finally {
                    down = false;
                }
            }
        };
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("missing", 400, "is missing"),
                Arguments.of("invalid", 400, "is invalid"),
                Arguments.of("large", 413, "at most"),
                Arguments.of("mismatch", 422, "used for a different request"),
                Arguments.of(DOWN, 503, "currently not possible"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void passesFilters(String why, int status, String detail) {
        HttpResponse<byte[]> plain = refused("/plain/pay", why);
        assertThat(plain.statusCode()).isEqualTo(status);
        assertThat(text(plain)).startsWith("{").contains(detail);
        assertThat(plain.headers().firstValue("Content-Type")).contains("application/problem+json");
        HttpResponse<byte[]> wrapped = refused("/envelope/pay", why);
        assertThat(wrapped.statusCode()).isEqualTo(status);
        assertThat(wrapped.body()).isEqualTo(Codings.wrap(plain.body()));
        HttpResponse<byte[]> compressed = refused("/compression/pay", why, "Accept-Encoding", "gzip");
        assertThat(compressed.statusCode()).isEqualTo(status);
        assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(compressed.body()).isEqualTo(Codings.compress(plain.body()));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void standsThoughAnInterceptorFailsAfterIt(String why, int status, String detail) {
        HttpResponse<byte[]> refused = refused("/plain/pay", why, "X-Fail", "yes");
        assertThat(refused.statusCode()).as(text(refused)).isEqualTo(status);
        assertThat(text(refused)).contains(detail);
        HttpResponse<byte[]> wrapped = refused("/envelope/pay", why, "X-Fail", "yes");
        assertThat(wrapped.statusCode()).as(text(wrapped)).isEqualTo(status);
        assertThat(wrapped.body()).isEqualTo(Codings.wrap(refused.body()));
    }
}
