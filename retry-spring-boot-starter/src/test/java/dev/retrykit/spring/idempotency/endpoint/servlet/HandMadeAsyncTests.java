package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static dev.retrykit.spring.idempotency.Replies.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.idempotency.Waiting;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Requests that the application makes asynchronous by hand, and workers that answer when they like. */
@Tag("server")
class HandMadeAsyncTests {

    private static final AtomicInteger calls = new AtomicInteger();

    /** Opened by a test once a worker may go on. */
    private static final AtomicReference<CompletableFuture<Void>> GATE = new AtomicReference<>();

    /** That a handler has returned with its work before it. */
    private static final AtomicReference<CompletableFuture<Void>> BEGUN = new AtomicReference<>();

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();
    private final CompletableFuture<Void> gate = new CompletableFuture<>();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();

    HandMadeAsyncTests() {
        GATE.set(gate);
        BEGUN.set(begun);
    }

    @BeforeAll
    static void start() {
        shop = Shop.start(WebApplicationType.SERVLET, Map.of(), Controller.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @RestController
    static class Controller {

        @Idempotent(required = false)
        @PostMapping("/hand/{how}")
        void hand(@PathVariable("how") String how, HttpServletRequest request, HttpServletResponse response) {
            AsyncContext context = how.equals("given") ? request.startAsync(request, response) : request.startAsync();
            later(() -> {
                calls.incrementAndGet();
                print(how.equals("handler") ? response : context.getResponse(), "done by hand");
                context.complete();
            });
        }

        @Idempotent(required = false)
        @PostMapping("/dispatched/{how}")
        void dispatched(@PathVariable("how") String how, HttpServletRequest request, HttpServletResponse response) {
            AsyncContext context = how.equals("given") ? request.startAsync(request, response) : request.startAsync();
            later(() -> {
                calls.incrementAndGet();
                context.dispatch("/target");
            });
        }

        @PostMapping("/target")
        String target(@RequestBody(required = false) String body) {
            return "target of " + body;
        }

        @PostMapping("/plain/{how}")
        void plain(@PathVariable("how") String how, HttpServletRequest request, HttpServletResponse response) {
            AsyncContext context = how.equals("given") ? request.startAsync(request, response) : request.startAsync();
            later(() -> context.dispatch("/endpoint"));
        }

        @Idempotent(required = false)
        @PostMapping("/endpoint")
        String endpoint(@RequestBody(required = false) String body) {
            return "endpoint of " + body + " run " + calls.incrementAndGet();
        }

        @Idempotent
        @PostMapping("/late/value")
        DeferredResult<ResponseEntity<String>> lateValue() {
            return worked(new DeferredResult<>(200L, ResponseEntity.status(503).body("come again")));
        }

        @Idempotent
        @PostMapping("/late/result")
        DeferredResult<ResponseEntity<String>> lateResult() {
            DeferredResult<ResponseEntity<String>> result = new DeferredResult<>(200L);
            result.onTimeout(
                    () -> result.setErrorResult(ResponseEntity.status(503).body("come again")));
            return worked(result);
        }

        @Idempotent
        @PostMapping("/headers/deferred")
        DeferredResult<String> deferred(HttpServletResponse response) {
            DeferredResult<String> result = new DeferredResult<>();
            later(() -> {
                response.setHeader("Location", "/orders/" + calls.incrementAndGet());
                response.setStatus(201);
                result.setResult("made");
            });
            return result;
        }

        @Idempotent
        @PostMapping("/headers/callable")
        Callable<String> callable(HttpServletResponse response) {
            return () -> {
                response.setHeader("Location", "/orders/" + calls.incrementAndGet());
                response.setStatus(201);
                return "made";
            };
        }

        private static DeferredResult<ResponseEntity<String>> worked(DeferredResult<ResponseEntity<String>> result) {
            later(() -> {
                calls.incrementAndGet();
                result.setResult(ResponseEntity.ok("done"));
            });
            return result;
        }

        private static void later(Runnable work) {
            GATE.get().thenRunAsync(work);
            BEGUN.get().complete(null);
        }

        private static void print(ServletResponse response, String text) {
            try {
                response.getWriter().print(text);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /** The answer once the first request is over, which its caller may know before the container does. */
    private static HttpResponse<byte[]> settled(Exchange sent) {
        AtomicReference<HttpResponse<byte[]>> answer = new AtomicReference<>(sent.send());
        Waiting.until(() -> {
            if (text(answer.get()).contains("is in progress")) {
                answer.set(sent.send());
                return false;
            }
            return true;
        });
        return answer.get();
    }

    private static void assertReplayOrNotKept(HttpResponse<byte[]> first, HttpResponse<byte[]> repeat) {
        if (repeat.statusCode() == 409) {
            assertProblem(repeat, 409, "was executed, but its response was not stored");
        } else {
            assertReplay(first, repeat);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hand/context", "/hand/handler", "/hand/given", "/dispatched/none", "/dispatched/given"})
    void answersAsWithoutAKey(String path) {
        gate.complete(null);
        Exchange sent = Exchange.post(shop, path).body("text/plain", "this");
        HttpResponse<byte[]> withoutKey = sent.send();
        assertThat(withoutKey.statusCode()).isEqualTo(200);
        assertThat(text(withoutKey)).isIn("done by hand", "target of this");

        int before = calls.get();
        HttpResponse<byte[]> first = sent.key(key).send();
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(text(first)).isEqualTo(text(withoutKey));
        assertReplayOrNotKept(first, settled(sent.key(key)));
        assertThat(calls).hasValue(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hand/context", "/hand/handler", "/hand/given", "/dispatched/none", "/dispatched/given"})
    void isInFlightUntilItIsComplete(String path) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(sent::send);
        begun.join();
        assertProblem(sent.send(), 409, "is in progress");
        gate.complete(null);
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertReplayOrNotKept(first.join(), settled(sent));
        assertThat(calls).hasValue(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plain/none", "/plain/given"})
    void settlesWhatAPlainHandlerDispatchesTo(String path) {
        gate.complete(null);
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        HttpResponse<byte[]> first = sent.body("text/plain", "one").send();
        assertThat(text(first)).isEqualTo("endpoint of one run " + (before + 1));
        assertReplayOrNotKept(first, settled(sent.body("text/plain", "one")));
        assertProblem(sent.body("text/plain", "two").send(), 422, "used for a different request");
        assertThat(calls).hasValue(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/late/value", "/late/result"})
    void neverRepeatsWhatGoesOnAfterItsTimeout(String path) {
        int before = calls.get();
        Exchange sent = Exchange.post(shop, path).key(key);
        HttpResponse<byte[]> first = sent.send();
        assertThat(first.statusCode()).isEqualTo(503);
        assertThat(text(first)).isEqualTo("come again");
        assertProblem(settled(sent), 409, "is unknown whether");
        gate.complete(null);
        Waiting.until(() -> calls.get() > before);
        assertProblem(sent.send(), 409, "is unknown whether");
        assertThat(calls).hasValue(before + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/headers/deferred", "/headers/callable"})
    void keepsHeadersThatAWorkerSets(String path) {
        gate.complete(null);
        HttpResponse<byte[]> first = Exchange.post(shop, path).key(key).assertReplayed();
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.headers().firstValue("Location")).contains("/orders/" + calls.get());
    }
}
