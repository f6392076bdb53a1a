package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Shop;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** Errors come again with the same status and message, whoever writes them. */
@Tag("server")
class SendErrorTests {

    private static final AtomicInteger calls = new AtomicInteger();

    private static String message() {
        return "refused in call " + calls.incrementAndGet();
    }

    private static void setHeaders(BiConsumer<String, String> add) {
        add.accept("Link", "</docs>; rel=help");
        add.accept("Link", "</terms>; rel=terms");
        add.accept("Location", "/elsewhere");
        add.accept("Deprecation", "@1688169599");
        add.accept("X-Else", "not given again");
    }

    static class OuterException extends RuntimeException {
        private static final long serialVersionUID = 1;

        OuterException(Throwable cause) {
            super("outer", cause);
        }
    }

    static class InnerException extends RuntimeException {
        private static final long serialVersionUID = 1;

        InnerException(String message) {
            super(message);
        }
    }

    static class LocalException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LocalException(String message) {
            super(message);
        }
    }

    static class RethrownException extends RuntimeException {
        private static final long serialVersionUID = 1;

        RethrownException(String message) {
            super(message);
        }
    }

    @ResponseStatus(code = HttpStatus.GONE, reason = "it is gone")
    static class AnnotatedException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Finds its handlers by causes, and throws from within one. */
    @ControllerAdvice
    static class Advice {

        @ExceptionHandler
        ResponseEntity<ProblemDetail> inner(InnerException failure) {
            return ResponseEntity.unprocessableContent()
                    .body(ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, failure.getMessage()));
        }

        @ExceptionHandler
        ResponseEntity<String> rethrown(RethrownException failure) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, failure.getMessage());
        }
    }

    @RestController
    static class MvcController {

        @ExceptionHandler
        ResponseEntity<String> local(LocalException failure) {
            return ResponseEntity.badRequest().body(failure.getMessage());
        }

        @Idempotent
        @PostMapping("/headers")
        void headers(HttpServletResponse response) throws IOException {
            setHeaders(response::addHeader);
            response.sendError(404, message());
        }

        @Idempotent
        @PostMapping("/not-modified")
        void notModified(HttpServletResponse response) throws IOException {
            calls.incrementAndGet();
            response.setHeader("ETag", "\"1\"");
            response.sendError(304);
        }

        @Idempotent
        @PostMapping("/headers-status")
        String headersAndStatus(HttpServletResponse response) {
            setHeaders(response::addHeader);
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, message());
        }

        @Idempotent
        @PostMapping("/send-error")
        void sendError(HttpServletResponse response) throws IOException {
            response.sendError(404, message());
        }

        @Idempotent
        @PostMapping("/status")
        String status() {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, message());
        }

        @Idempotent
        @PostMapping("/status-stage")
        CompletableFuture<String> statusStage() {
            return CompletableFuture.failedFuture(new ResponseStatusException(HttpStatus.NOT_FOUND, message()));
        }

        @Idempotent
        @PostMapping("/annotated")
        String annotated() {
            calls.incrementAndGet();
            throw new AnnotatedException();
        }

        @Idempotent
        @PostMapping("/nested")
        String nested() {
            throw new OuterException(new InnerException(message()));
        }

        @Idempotent
        @PostMapping("/nested-stage")
        CompletableFuture<String> nestedStage() {
            return CompletableFuture.failedFuture(new OuterException(new InnerException(message())));
        }

        @Idempotent
        @PostMapping("/local")
        String local() {
            throw new OuterException(new LocalException(message()));
        }
    }

    @RestController
    static class FluxController {

        @ExceptionHandler
        ResponseEntity<String> local(LocalException failure) {
            return ResponseEntity.badRequest().body(failure.getMessage());
        }

        @Idempotent
        @PostMapping("/headers-status")
        Mono<String> headersAndStatus(ServerHttpResponse response) {
            return Mono.defer(() -> {
                setHeaders(response.getHeaders()::add);
                return Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND, message()));
            });
        }

        @Idempotent
        @PostMapping("/error-response")
        Mono<String> errorResponse() {
            return Mono.defer(() -> Mono.error(new ErrorResponseException(
                    HttpStatus.NOT_FOUND, ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, message()), null)));
        }

        @Idempotent
        @PostMapping("/status")
        Mono<String> status() {
            return Mono.defer(() -> Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND, message())));
        }

        @Idempotent
        @PostMapping("/annotated")
        Mono<String> annotated() {
            return Mono.defer(() -> {
                calls.incrementAndGet();
                return Mono.error(new AnnotatedException());
            });
        }

        @Idempotent
        @PostMapping("/nested")
        Mono<String> nested() {
            return Mono.defer(() -> Mono.error(new OuterException(new InnerException(message()))));
        }

        @Idempotent
        @PostMapping("/local")
        Mono<String> local() {
            return Mono.defer(() -> Mono.error(new OuterException(new LocalException(message()))));
        }
    }

    private static Shop start(WebApplicationType type, Class<?> controller) {
        return Shop.start(
                type,
                Map.of(
                        "spring.web.error.include-message", "always",
                        "server.error.include-message", "always",
                        "retrykit.idempotency.headers", "Deprecation"),
                controller,
                Advice.class);
    }

    abstract static class Contract {

        private final String key = UUID.randomUUID().toString();

        abstract Shop shop();

        /** Equal but for what is made anew with each error page. */
        void assertSameError(String path, int status) {
            int before = calls.get();
            HttpResponse<byte[]> first = shop().post(path, key, "");
            HttpResponse<byte[]> repeat = shop().post(path, key, "");
            assertThat(first.statusCode()).as(text(first)).isEqualTo(status);
            assertThat(repeat.statusCode()).as(text(repeat)).isEqualTo(status);
            assertThat(page(repeat)).isEqualTo(page(first));
            assertThat(repeat.headers().firstValue("Content-Type"))
                    .isEqualTo(first.headers().firstValue("Content-Type"));
            for (String name : new String[] {"Link", "Location", "Deprecation", "ETag"}) {
                assertThat(repeat.headers().allValues(name))
                        .as(name)
                        .isEqualTo(first.headers().allValues(name));
            }
            assertThat(repeat.headers().allValues("X-Else")).isEmpty();
            assertThat(repeat.headers().firstValue("Idempotent-Replayed")).contains("true");
            assertThat(calls).hasValue(before + 1);
        }

        void assertSameBytes(String path, int status) {
            int before = calls.get();
            HttpResponse<byte[]> first = shop().post(path, key, "");
            assertThat(first.statusCode()).as(text(first)).isEqualTo(status);
            assertThat(text(first)).contains("refused in call " + (before + 1));
            assertReplay(first, shop().post(path, key, ""));
            assertThat(calls).hasValue(before + 1);
        }

        private static String page(HttpResponse<byte[]> response) {
            return text(response)
                    .replaceFirst("\"timestamp\":\"[^\"]*\"", "")
                    .replaceFirst("\"requestId\":\"[^\"]*\"", "");
        }
    }

    @Nested
    class InMvc extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = SendErrorTests.start(WebApplicationType.SERVLET, MvcController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }

        @ParameterizedTest
        @CsvSource({
            "/send-error, 404",
            "/status, 404",
            "/status-stage, 404",
            "/annotated, 410",
            "/headers, 404",
            "/headers-status, 404",
            "/not-modified, 304"
        })
        void givesErrorPagesAgain(String path, int status) {
            assertSameError(path, status);
        }

        @ParameterizedTest
        @CsvSource({"/nested, 422", "/nested-stage, 422", "/local, 400"})
        void givesAgainWhatHandlersOfExceptionsAnswered(String path, int status) {
            assertSameBytes(path, status);
        }
    }

    @Nested
    class InWebFlux extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = SendErrorTests.start(WebApplicationType.REACTIVE, FluxController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @Override
        Shop shop() {
            return shop;
        }

        @ParameterizedTest
        @CsvSource({"/status, 404", "/annotated, 410", "/headers-status, 404"})
        void givesErrorPagesAgain(String path, int status) {
            assertSameError(path, status);
        }

        /** Spring Boot knows no status of such a failure, and answers 500. */
        @Test
        void freesTheKeyByTheStatusThatIsGiven() {
            int before = calls.get();
            String key = UUID.randomUUID().toString();
            assertThat(shop.post("/error-response", key, "").statusCode()).isEqualTo(500);
            assertThat(shop.post("/error-response", key, "").statusCode()).isEqualTo(500);
            assertThat(calls).hasValue(before + 2);
        }

        @ParameterizedTest
        @CsvSource({"/nested, 422", "/local, 400"})
        void givesAgainWhatHandlersOfExceptionsAnswered(String path, int status) {
            assertSameBytes(path, status);
        }
    }
}
