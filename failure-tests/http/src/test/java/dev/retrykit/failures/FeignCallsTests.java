package dev.retrykit.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import dev.retrykit.Retry;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.event.RetryStopped;
import dev.retrykit.event.StopReason;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import feign.Feign;
import feign.Request;
import feign.RequestLine;
import feign.Retryer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Clients that are not watched, called through policies of defaults: what a server sees. */
class FeignCallsTests {

    interface Api {

        @RequestLine("GET /unavailable")
        String unavailable();

        @RequestLine("GET /missing")
        String missing();

        @RequestLine("GET /slow")
        String slowGet();

        @RequestLine("POST /slow")
        String slowPost(String body);

        @RequestLine("POST /unavailable")
        String refusedPost(String body);
    }

    /** Feign reckons with the wall clock. */
    private final ManualTime time = new ManualTime(0, Instant.now());

    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AnnotationConfigApplicationContext application = Application.start(
            time,
            Map.of(
                    "retrykit.policies.calls", "",
                    "retrykit.circuits.calls.minimum-calls", "20",
                    "retrykit.policies.calls.budget.unlimited", "true"));

    private HttpServer server;
    private Api api;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/slow")) {
                waitUntilOver();
            }
            int status = path.equals("/missing") ? 404 : requests.get() == 1 ? 503 : 200;
            if (status == 503) {
                exchange.getResponseHeaders().add("Retry-After", "1");
            }
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        api = Feign.builder()
                .retryer(Retryer.NEVER_RETRY)
                .options(new Request.Options(1, TimeUnit.SECONDS, 150, TimeUnit.MILLISECONDS, true))
                .target(Api.class, address());
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        application.close();
    }

    @Test
    void aGetIsRetriedAfterTheTimeThatTheServerAsksFor() {
        long before = time.nanoTime();

        retry().call(api::unavailable);

        assertThat(requests).hasValue(2);
        assertThat(Duration.ofNanos(time.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aPostThatWasRefusedWithATimeIsRetried() {
        retry().call(() -> api.refusedPost("pay 10 EUR"));

        assertThat(requests).hasValue(2);
    }

    @Test
    void aPostThatTimedOutIsSentOnce() {
        Throwable failure = catchThrowable(() -> retry().call(() -> api.slowPost("pay 10 EUR")));

        assertThat(requests).hasValue(1);
        assertThat(stopOf(failure)).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void aGetThatTimedOutIsRetried() {
        Throwable failure = catchThrowable(() -> retry().call(api::slowGet));

        assertThat(requests).hasValue(3);
        assertThat(stopOf(failure)).isEqualTo(StopReason.EXHAUSTED);
    }

    @Test
    void whatIsNotThereLeavesTheCircuitClosed() {
        Retries retries = application.getBean(Retries.class);
        for (int i = 0; i < 40; i++) {
            time.advance(Duration.ofMillis(100));
            assertThat(catchThrowable(() -> retries.circuit("calls").call(api::missing)))
                    .isNotNull();
        }

        assertThat(requests).hasValue(40);
        assertThat(retries.circuit("calls").state()).isEqualTo(CircuitState.CLOSED);
        assertThat(retries.circuit("calls").snapshot().failures()).isZero();
    }

    @Test
    void okHttpsCallTimeoutIsRetriedAndCountsForTheCircuit() {
        OkHttpClient client =
                new OkHttpClient.Builder().callTimeout(Duration.ofMillis(150)).build();
        okhttp3.Request request =
                new okhttp3.Request.Builder().url(address() + "/slow").build();

        Throwable failure = catchThrowable(
                () -> retry().call(() -> client.newCall(request).execute().code()));

        assertThat(requests).hasValue(3);
        assertThat(stopOf(failure)).isEqualTo(StopReason.EXHAUSTED);
    }

    private Retry retry() {
        return application.getBean(Retries.class).get("calls");
    }

    private static StopReason stopOf(Throwable failure) {
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof RetryStopped stopped) {
                return stopped.reason();
            }
        }
        throw new AssertionError("nothing tells why it stopped", failure);
    }

    private String address() {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort();
    }

    private void waitUntilOver() {
        try {
            over.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
