package dev.retrykit.spring.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An application that closes while calls are in flight: over real sockets, on the real clock. */
@Tag("server")
@ExtendWith(OutputCaptureExtension.class)
class GracefulShutdownTests {

    private static final int CLIENTS = 60;
    private static final int LISTENERS = 20;

    @ParameterizedTest
    @CsvSource({
        "SERVLET, plain, false",
        "SERVLET, plain, true",
        "SERVLET, stage, false",
        "SERVLET, stage, true",
        "SERVLET, mono, true",
        "REACTIVE, stage, true",
        "REACTIVE, mono, false",
        "REACTIVE, mono, true"
    })
    void noCallIsLost(WebApplicationType type, String style, boolean inDelay, CapturedOutput output) throws Exception {
        Map<String, Object> settings = Map.of("retrykit.policies.work.backoff.delay", "200ms");
        List<CompletableFuture<HttpResponse<String>>> requests = new ArrayList<>();
        List<CompletableFuture<String>> messages = new ArrayList<>();
        try (ClosingApp app = ClosingApp.start(type, CLIENTS + LISTENERS, settings)) {
            for (int i = 0; i < CLIENTS; i++) {
                requests.add(app.get("/" + style, i));
            }
            for (int i = CLIENTS; i < CLIENTS + LISTENERS; i++) {
                messages.add(app.listeners().take(i));
            }
            app.load().awaitAttempts();
            if (inDelay) {
                assertThat(app.load().delays.await(30, TimeUnit.SECONDS)).isTrue();
            }
        }

        assertThat(requests)
                .allSatisfy(request -> assertThat(request.get(30, TimeUnit.SECONDS))
                        .extracting(HttpResponse::statusCode, HttpResponse::body)
                        .containsExactly(200, "done"));
        assertThat(messages)
                .allSatisfy(
                        message -> assertThat(message.get(30, TimeUnit.SECONDS)).isEqualTo("done"));
        assertThat(output).doesNotContain("CANCELLED");
    }

    @ParameterizedTest
    @CsvSource({"SERVLET, plain", "SERVLET, stage", "SERVLET, mono", "REACTIVE, stage", "REACTIVE, mono"})
    void whatTheTimeDoesNotSufficeForIsAnsweredBeforeTheServerStops(
            WebApplicationType type, String style, CapturedOutput output) throws Exception {
        Map<String, Object> settings = Map.of(
                "retrykit.policies.work.backoff.delay", "1h",
                "retrykit.policies.work.backoff.max-delay", "1h",
                "retrykit.policies.work.budget.time", "3h",
                "spring.lifecycle.timeout-per-shutdown-phase", "2s");
        List<CompletableFuture<HttpResponse<String>>> requests = new ArrayList<>();
        try (ClosingApp app = ClosingApp.start(type, 3, settings)) {
            for (int i = 0; i < 3; i++) {
                requests.add(app.get("/" + style, i));
            }
            assertThat(app.load().delays.await(30, TimeUnit.SECONDS)).isTrue();
        }

        HttpResponse<String> answer = requests.get(0).get(30, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(answer.headers().firstValue("x-should-retry")).isEmpty();
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(requests.get(1).get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(output)
                .containsOnlyOnce("CANCELLED")
                .contains("Policy 'work'", "spring.lifecycle.timeout-per-shutdown-phase");
    }

    /** Callers take a time to come back for a promise that nothing was done: ours would send such a POST again. */
    @ParameterizedTest
    @CsvSource({"SERVLET, plain", "SERVLET, mono", "REACTIVE, mono"})
    void aPostThatIsCutOffIsNotCalledBackUnlessItIsKnownByItsKey(WebApplicationType type, String style)
            throws Exception {
        Map<String, Object> settings = Map.of(
                "retrykit.policies.work.backoff.delay", "1h",
                "retrykit.policies.work.backoff.max-delay", "1h",
                "retrykit.policies.work.budget.time", "3h",
                "retrykit.idempotency.store", "memory",
                "spring.lifecycle.timeout-per-shutdown-phase", "2s");
        List<CompletableFuture<HttpResponse<String>>> requests = new ArrayList<>();
        try (ClosingApp app = ClosingApp.start(type, 2, 2, settings)) {
            requests.add(app.post("/" + style));
            requests.add(app.post("/keyed/" + style, "Idempotency-Key", "k1"));
            assertThat(app.load().delays.await(30, TimeUnit.SECONDS)).isTrue();
        }

        for (CompletableFuture<HttpResponse<String>> request : requests) {
            assertThat(request.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
        }
        assertThat(requests)
                .extracting(request -> request.join()
                                .headers()
                                .firstValue("Retry-After")
                                .orElse("-")
                        + request.join().headers().firstValue("x-should-retry").orElse("-"))
                .containsExactly("-false", "1-");
    }

    @Test
    void anImmediateShutdownWaitsForNoDelay() throws Exception {
        Map<String, Object> settings = Map.of(
                "server.shutdown", "immediate",
                "retrykit.policies.work.backoff.delay", "1h",
                "retrykit.policies.work.backoff.max-delay", "1h",
                "retrykit.policies.work.budget.time", "3h",
                "spring.lifecycle.timeout-per-shutdown-phase", "1h");
        CompletableFuture<HttpResponse<String>> request;
        try (ClosingApp app = ClosingApp.start(WebApplicationType.SERVLET, 1, settings)) {
            request = app.get("/plain", 0);
            assertThat(app.load().delays.await(30, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(request.handle((answer, failure) -> true).get(30, TimeUnit.SECONDS))
                .isTrue();
    }
}
