package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitCounters;
import dev.retrykit.circuit.CircuitCounters.Result;
import dev.retrykit.circuit.CircuitOpenException;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Waiting;
import dev.retrykit.spring.registry.CircuitEntry;
import dev.retrykit.spring.registry.Retries;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;

/** An outage as a method and the guard of its client see it, both by one circuit: over real sockets, on the real clock. */
@Tag("server")
class InventoryOutageTests {

    private static final int CALLERS = 8;
    private static final long ANSWER_NANOS = Duration.ofMillis(5).toNanos();
    private static final long OUTAGE_NANOS = Duration.ofMillis(500).toNanos();

    private static final Map<String, Object> SETTINGS = Map.ofEntries(
            Map.entry(
                    "spring.autoconfigure.exclude",
                    "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"),
            Map.entry("retrykit.policies.inventory.backoff.delay", "5ms"),
            Map.entry("retrykit.policies.inventory.budget.unlimited", "true"),
            Map.entry("retrykit.circuits.inventory.minimum-calls", "10"),
            Map.entry("retrykit.circuits.inventory.window.size", "1s"),
            Map.entry("retrykit.circuits.inventory.open.duration", "100ms"),
            Map.entry("retrykit.circuits.inventory.open.max-duration", "200ms"),
            Map.entry("retrykit.circuits.inventory.half-open.probes", "1"),
            Map.entry("retrykit.http.guards[0].host", "localhost"),
            Map.entry("retrykit.http.guards[0].policy", "inventory"),
            Map.entry("retrykit.http.guards[0].circuit", "inventory"));

    private volatile boolean down;
    private volatile boolean over;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @Timeout(60)
    void closesAgainAndEachAttemptOfTheMethodIsCountedOnce(int maxAttempts) throws Exception {
        try (FaultServer server = new FaultServer().on("/stock", this::answer);
                ConfigurableApplicationContext app = start(maxAttempts)) {
            CircuitEntry circuit =
                    app.getBean(Retries.class).findCircuit("inventory").orElseThrow();
            Inventory inventory = app.getBean(Inventory.class);
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(AtOnce.run(() -> load(inventory, server.url("/stock"))));
            }
            endure(circuit, inventory);
            over = true;
            CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

            assertThat(counted(circuit.counters())).isEqualTo(inventory.attempts());
            assertThat(circuit.counters().rejected()).isPositive();
            if (maxAttempts == 1) {
                assertThat(server.requests("/stock")).hasSize((int) inventory.attempts());
            }
        }
    }

    /** The circuit opens, probes in vain, and closes once the server is back. */
    private void endure(CircuitEntry circuit, Inventory inventory) {
        Waiting.until(() -> inventory.successes() > 50);
        down = true;
        Waiting.until(() -> circuit.circuit().state() == CircuitState.OPEN);
        Waiting.nanos(OUTAGE_NANOS);
        long before = inventory.successes();
        down = false;
        Waiting.until(() -> circuit.circuit().state() == CircuitState.CLOSED);
        Waiting.until(() -> inventory.successes() > before + 50);
    }

    private void answer(FaultServer.Request request, FaultServer.Connection connection) throws IOException {
        Waiting.nanos(ANSWER_NANOS);
        connection.status(down ? 503 : 200);
    }

    private void load(Inventory inventory, String url) {
        while (!over) {
            try {
                inventory.stock(url);
            } catch (CircuitOpenException rejected) {
                Waiting.nanos(ANSWER_NANOS);
            } catch (HttpServerErrorException unavailable) {
                // of the outage
            }
        }
    }

    private static long counted(CircuitCounters counters) {
        return Stream.of(Result.values())
                .mapToLong(result -> counters.calls(result, false) + counters.calls(result, true))
                .sum();
    }

    private static ConfigurableApplicationContext start(int maxAttempts) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .properties(SETTINGS)
                .properties("retrykit.policies.inventory.max-attempts=" + maxAttempts)
                .run();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(Inventory.class)
    static class Application {}

    static class Inventory {

        private final AtomicLong attempts = new AtomicLong();
        private final AtomicLong successes = new AtomicLong();
        private final RestClient client;

        Inventory(RestClient.Builder client) {
            this.client = client.build();
        }

        @Retryable("inventory")
        @CircuitGuarded("inventory")
        public void stock(String url) {
            attempts.incrementAndGet();
            client.get().uri(url).retrieve().toBodilessEntity();
            successes.incrementAndGet();
        }

        public long attempts() {
            return attempts.get();
        }

        public long successes() {
            return successes.get();
        }
    }
}
