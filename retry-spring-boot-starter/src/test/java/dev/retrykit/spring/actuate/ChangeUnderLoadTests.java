package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.idempotency.Shop;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Over real sockets: settings change as fast as they can be posted, and no call notices. */
@Tag("server")
class ChangeUnderLoadTests {

    private static final int CLIENTS = 4;
    private static final int REQUESTS = 4_000;

    /** The first of them find everything cold. */
    private static final int TIMED = 2_000;

    @Configuration(proxyBeanMethods = false)
    static class Parts {

        @Bean
        Stocks stocks() {
            return new Stocks();
        }

        @Bean
        Controller controller(Stocks stocks) {
            return new Controller(stocks);
        }
    }

    static class Stocks {

        private final AtomicLong attempts = new AtomicLong();
        private final ThreadLocal<Boolean> hasFailed = ThreadLocal.withInitial(() -> false);

        /** Each fifth attempt fails, and none after one that has. */
        @Retryable("inventory")
        @CircuitGuarded("inventory")
        public String find() throws ConnectException {
            boolean fails = attempts.incrementAndGet() % 5 == 0 && !hasFailed.get();
            hasFailed.set(fails);
            if (fails) {
                throw new ConnectException("refused");
            }
            return "pen";
        }

        public long attempts() {
            return attempts.get();
        }
    }

    @RestController
    static class Controller {

        private final Stocks stocks;

        Controller(Stocks stocks) {
            this.stocks = stocks;
        }

        @GetMapping("/stock")
        String stock() throws ConnectException {
            return stocks.find();
        }
    }

    @Test
    void noCallFailsAndNoCountIsLost() throws Exception {
        try (Shop shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of(
                        "management.endpoints.web.exposure.include", "retry",
                        "management.endpoint.retry.access", "unrestricted",
                        "logging.level.dev.retrykit", "warn",
                        "retrykit.policies.inventory.backoff.delay", "1ms",
                        "retrykit.policies.inventory.budget.ratio", "1",
                        "retrykit.circuits.inventory.failure-rate", "100"),
                Parts.class)) {
            AtomicInteger failed = new AtomicInteger();
            AtomicBoolean over = new AtomicBoolean();
            List<Thread> clients = new ArrayList<>();
            AtomicLong began = new AtomicLong();
            AtomicInteger sent = new AtomicInteger();
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(new Thread(() -> {
                    for (int i = 0; i < REQUESTS; i++) {
                        if (sent.incrementAndGet() == CLIENTS * (REQUESTS - TIMED)) {
                            began.set(System.nanoTime());
                        }
                        failed.addAndGet(get(shop, "/stock").statusCode() == 200 ? 0 : 1);
                    }
                }));
            }
            AtomicInteger changes = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            Thread operator = new Thread(() -> {
                while (!over.get()) {
                    int n = changes.incrementAndGet();
                    HttpResponse<byte[]> changed = change(shop, n % 2 == 0 ? "policies" : "circuits", n);
                    refused.addAndGet(changed.statusCode() == 200 ? 0 : 1);
                }
            });
            operator.start();
            clients.forEach(Thread::start);
            for (Thread client : clients) {
                client.join();
            }
            double seconds = (System.nanoTime() - began.get()) / 1e9;
            over.set(true);
            operator.join();
            System.out.printf(
                    "%.0f requests a second; %d changes of a policy or a circuit in all%n",
                    CLIENTS * TIMED / seconds, changes.get());

            String report = new String(get(shop, "/actuator/retry").body(), StandardCharsets.UTF_8);
            assertThat(failed).hasValue(0);
            assertThat(refused).hasValue(0);
            assertThat(changes.get()).isGreaterThan(10);
            assertThat(count(report, "$.policies.inventory.calls.success")
                            + count(report, "$.policies.inventory.calls.recovered"))
                    .isEqualTo(CLIENTS * REQUESTS);
            assertThat(count(report, "$.policies.inventory.calls.failed")).isZero();
            assertThat(count(report, "$.policies.inventory.attempts"))
                    .isEqualTo(shop.bean(Stocks.class).attempts());
            assertThat(count(report, "$.circuits.inventory.rejected")).isZero();
        }
    }

    private static long count(String report, String path) {
        return JsonPath.<Number>read(report, path).longValue();
    }

    private static HttpResponse<byte[]> get(Shop shop, String path) {
        return Shop.send(HttpRequest.newBuilder(URI.create(shop.url(path))).build());
    }

    private static HttpResponse<byte[]> change(Shop shop, String kind, int n) {
        String body = kind.equals("policies")
                ? "{\"maxAttempts\":" + (2 + n % 5) + ",\"budget.reserve\":" + n % 50 + ",\"budget.window\":\""
                        + (5 + n % 9) + "s\",\"attemptTimeout\":\"" + (10 + n % 3) + "s\"}"
                : "{\"minimum-calls\":" + (20 + n % 10) + ",\"window.size\":\"" + (1 + n % 20) + "s\"}";
        return Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/actuator/retry/" + kind + "/inventory")))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
    }
}
