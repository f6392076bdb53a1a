package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Shop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Streams that no declared type shows reach the client piece by piece, and are carried out once. */
@Tag("server")
class HiddenStreamTests {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int EVENTS = 3;
    private static final AtomicInteger calls = new AtomicInteger();

    /** How many events may be sent. */
    private static volatile Semaphore may = new Semaphore(0);

    @BeforeEach
    void sendNothing() {
        may = new Semaphore(0);
    }

    private static void awaitTurn() {
        try {
            if (!may.tryAcquire(Ledger.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody read what was sent before");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @FunctionalInterface
    interface Sink {

        void send(int event) throws IOException;
    }

    private static void sendAll(Sink sink) throws IOException {
        for (int event = 1; event <= EVENTS; event++) {
            awaitTurn();
            sink.send(event);
        }
    }

    private static <T extends ResponseBodyEmitter> T emitting(T emitter) {
        calls.incrementAndGet();
        AtOnce.run(() -> {
            try {
                sendAll(event -> emitter.send(
                        emitter instanceof SseEmitter ? "event " + event : "data:event " + event + "\n\n"));
                emitter.complete();
            } catch (IOException | RuntimeException failed) {
                emitter.completeWithError(failed);
            }
        });
        return emitter;
    }

    /** Spring takes no notice of a flush, so that each piece is larger than the container's buffer. */
    private static StreamingResponseBody streaming() {
        calls.incrementAndGet();
        return out -> sendAll(event -> out.write(
                ("data:event " + event + "\n:" + "x".repeat(65_536) + "\n\n").getBytes(StandardCharsets.UTF_8)));
    }

    private static Flux<ServerSentEvent<String>> events() {
        calls.incrementAndGet();
        return Flux.range(1, EVENTS).publishOn(Schedulers.boundedElastic(), 1).map(event -> {
            awaitTurn();
            return ServerSentEvent.builder("event " + event).build();
        });
    }

    @RestController
    static class MvcController {

        @Idempotent
        @PostMapping("/entity-emitter")
        ResponseEntity<?> entityEmitter() {
            return ResponseEntity.ok(emitting(new SseEmitter()));
        }

        @Idempotent
        @PostMapping("/object-emitter")
        Object objectEmitter() {
            return emitting(new SseEmitter());
        }

        @Idempotent
        @PostMapping("/entity-body-emitter")
        ResponseEntity<?> entityBodyEmitter() {
            return ResponseEntity.ok()
                    .contentType(MediaType.TEXT_EVENT_STREAM)
                    .body(emitting(new ResponseBodyEmitter()));
        }

        @Idempotent
        @PostMapping("/object-streaming")
        Object objectStreaming() {
            return streaming();
        }

        @Idempotent
        @PostMapping("/entity-flux")
        ResponseEntity<?> entityFlux() {
            return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).body(events());
        }
    }

    @RestController
    static class FluxController {

        @Idempotent
        @PostMapping("/entity-flux")
        Mono<ResponseEntity<?>> entityFlux() {
            return Mono.fromSupplier(() ->
                    ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).body(events()));
        }
    }

    abstract static class Contract {

        private final String key = UUID.randomUUID().toString();

        abstract Shop shop();

        private HttpRequest request(String path) {
            return HttpRequest.newBuilder(URI.create(shop().url(path)))
                    .timeout(BoundedClient.PATIENCE)
                    .header("Idempotency-Key", key)
                    .POST(BodyPublishers.noBody())
                    .build();
        }

        private void assertRefused(HttpResponse<byte[]> repeat) {
            assertThat(repeat.statusCode()).as(text(repeat)).isEqualTo(409);
            assertThat(repeat.headers().firstValue("Content-Type")).contains("application/problem+json");
        }

        void assertStreams(String path) throws Exception {
            int before = calls.get();
            may.release();
            HttpResponse<java.io.InputStream> first = CLIENT.send(request(path), BodyHandlers.ofInputStream());
            assertThat(first.statusCode()).isEqualTo(200);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(first.body(), StandardCharsets.UTF_8))) {
                for (int event = 1; event <= EVENTS; event++) {
                    CompletableFuture<String> line = AtOnce.start(() -> next(lines));
                    assertThat(line.get(Ledger.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .isEqualTo("data:event " + event);
                    assertRefused(BoundedClient.send(request(path)));
                    may.release();
                }
                assertThat(next(lines)).isNull();
            }
            HttpResponse<byte[]> after = BoundedClient.send(request(path));
            assertRefused(after);
            assertThat(after.headers().firstValue("Retry-After")).isEmpty();
            assertThat(calls).hasValue(before + 1);
        }

        private static String next(BufferedReader lines) {
            try {
                String line = lines.readLine();
                while (line != null && (line.isEmpty() || line.startsWith(":"))) {
                    line = lines.readLine();
                }
                return line;
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }
    }

    @Nested
    class InMvc extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.SERVLET, Map.of(), MvcController.class);
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
        @ValueSource(
                strings = {
                    "/entity-emitter",
                    "/object-emitter",
                    "/entity-body-emitter",
                    "/object-streaming",
                    "/entity-flux"
                })
        void sendsEachPieceAtOnce(String path) throws Exception {
            assertStreams(path);
        }
    }

    @Nested
    class InWebFlux extends Contract {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = Shop.start(WebApplicationType.REACTIVE, Map.of(), FluxController.class);
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
        @ValueSource(strings = "/entity-flux")
        void sendsEachPieceAtOnce(String path) throws Exception {
            assertStreams(path);
        }
    }
}
