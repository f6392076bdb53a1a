package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Two handlers of one path, and requests that differ in what decides about them only. */
@Tag("server")
class TwoHandlersTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static String call(String what) {
        return what + " " + calls.incrementAndGet();
    }

    @RestController
    static class MvcController {

        @Idempotent
        @PostMapping(path = "/headers", headers = "X-Action=cancel")
        String cancelByHeader() {
            return call("one");
        }

        @Idempotent
        @PostMapping(path = "/headers", headers = "X-Action=refund")
        String refundByHeader() {
            return call("two");
        }

        @Idempotent
        @PostMapping(path = "/params", params = "action=cancel")
        String cancelByParameter() {
            return call("one");
        }

        @Idempotent
        @PostMapping(path = "/params", params = "action=refund")
        String refundByParameter() {
            return call("two");
        }

        @Idempotent
        @PostMapping(path = "/produces", produces = "text/plain")
        String plain() {
            return call("one");
        }

        @Idempotent
        @PostMapping(path = "/produces", produces = "text/html")
        String html() {
            return call("two");
        }

        @Idempotent
        @PostMapping(path = "/version", version = "1.0")
        String first() {
            return call("one");
        }

        @Idempotent
        @PostMapping(path = "/version", version = "2.0")
        String second() {
            return call("two");
        }

        @Idempotent
        @PostMapping("/conditional")
        String conditional() {
            return call("done");
        }
    }

    @RestController
    static class FluxController {

        private final MvcController handlers = new MvcController();

        @Idempotent
        @PostMapping(path = "/headers", headers = "X-Action=cancel")
        Mono<String> cancelByHeader() {
            return Mono.fromCallable(handlers::cancelByHeader);
        }

        @Idempotent
        @PostMapping(path = "/headers", headers = "X-Action=refund")
        Mono<String> refundByHeader() {
            return Mono.fromCallable(handlers::refundByHeader);
        }

        @Idempotent
        @PostMapping(path = "/params", params = "action=cancel")
        Mono<String> cancelByParameter() {
            return Mono.fromCallable(handlers::cancelByParameter);
        }

        @Idempotent
        @PostMapping(path = "/params", params = "action=refund")
        Mono<String> refundByParameter() {
            return Mono.fromCallable(handlers::refundByParameter);
        }

        @Idempotent
        @PostMapping(path = "/produces", produces = "text/plain")
        Mono<String> plain() {
            return Mono.fromCallable(handlers::plain);
        }

        @Idempotent
        @PostMapping(path = "/produces", produces = "text/html")
        Mono<String> html() {
            return Mono.fromCallable(handlers::html);
        }

        @Idempotent
        @PostMapping(path = "/version", version = "1.0")
        Mono<String> first() {
            return Mono.fromCallable(handlers::first);
        }

        @Idempotent
        @PostMapping(path = "/version", version = "2.0")
        Mono<String> second() {
            return Mono.fromCallable(handlers::second);
        }

        @Idempotent
        @PostMapping("/conditional")
        Mono<String> conditional() {
            return Mono.fromCallable(handlers::conditional);
        }
    }

    abstract static class Contract {

        private final String key = UUID.randomUUID().toString();

        abstract Shop shop();

        private HttpResponse<byte[]> post(String path, String header, String value) {
            return value == null ? shop().post(path, key, "{}") : shop().post(path, key, "{}", header, value);
        }

        @ParameterizedTest
        @CsvSource({
            "/headers, /headers, X-Action, cancel, refund",
            "/params?action=cancel, /params?action=refund, X-Any, any, any",
            "/produces, /produces, Accept, text/plain, text/html",
            "/version, /version, API-Version, 1.0, 2.0"
        })
        void neverAnswersForEachOther(String one, String two, String header, String ofOne, String ofTwo) {
            int before = calls.get();
            HttpResponse<byte[]> first = post(one, header, ofOne);
            assertThat(text(first)).startsWith("one");
            assertProblem(post(two, header, ofTwo), 422, "used for a different request");
            assertReplay(first, post(one, header, ofOne));
            assertThat(calls).hasValue(before + 1);
        }

        @ParameterizedTest
        @CsvSource({
            "If-Match, '\"old\"', '\"new\"'",
            "If-None-Match, '\"old\"', '\"new\"'",
            "If-Unmodified-Since, 'Wed, 21 Oct 2015 07:28:00 GMT', 'Thu, 22 Oct 2015 07:28:00 GMT'",
            "Range, bytes=0-1, bytes=2-3",
            "If-Match, '\"old\"', ",
            "Range, , bytes=2-3"
        })
        void comparesConditions(String header, String one, String two) {
            int before = calls.get();
            HttpResponse<byte[]> first = post("/conditional", header, one);
            assertThat(first.statusCode()).isIn(200, 206);
            assertProblem(post("/conditional", header, two), 422, "used for a different request");
            assertReplay(first, post("/conditional", header, one));
            assertThat(calls).hasValue(before + 1);
        }
    }

    @Nested
    class InMvc extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(
                    WebApplicationType.SERVLET,
                    Map.of(
                            "spring.mvc.apiversion.use.header", "API-Version",
                            "spring.mvc.apiversion.default", "1.0"),
                    MvcController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }

    @Nested
    class InWebFlux extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(
                    WebApplicationType.REACTIVE,
                    Map.of(
                            "spring.webflux.apiversion.use.header", "API-Version",
                            "spring.webflux.apiversion.default", "1.0"),
                    FluxController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }
    }
}
