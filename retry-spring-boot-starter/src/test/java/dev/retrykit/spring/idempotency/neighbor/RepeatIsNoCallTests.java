package dev.retrykit.spring.idempotency.neighbor;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.idempotency.AtOnce;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Behavior;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import dev.retrykit.spring.idempotency.neighbor.Ledger.Receipt;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Requests that aren't carried out leave circuit, budget and meters of their method as they were. */
@Tag("server")
class RepeatIsNoCallTests {

    private static final int REPEATS = 1_000;

    /** As many failures as open a circuit with the default settings. */
    private static final int ENOUGH_TO_OPEN = 14;

    @RestController
    static class MvcController {

        @Idempotent
        @Retryable(fallback = "fallen")
        @CircuitGuarded("bank")
        @PostMapping("/plain")
        ResponseEntity<Receipt> plain(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        @Idempotent
        @Retryable
        @CircuitGuarded(value = "bank", fallback = "fallen")
        @PostMapping("/guarded")
        ResponseEntity<Receipt> guarded(@RequestBody Order order, Principal caller) {
            return Ledger.take(order, caller);
        }

        ResponseEntity<Receipt> fallen(Order order, Principal caller) {
            return ResponseEntity.ok().build();
        }

        @Idempotent
        @Retryable(fallback = "fallenStage")
        @CircuitGuarded("bank")
        @PostMapping("/stage")
        CompletableFuture<ResponseEntity<Receipt>> stage(@RequestBody Order order, Principal caller) {
            return Ledger.stage(order, caller);
        }

        CompletableFuture<ResponseEntity<Receipt>> fallenStage(Order order, Principal caller) {
            return CompletableFuture.completedFuture(ResponseEntity.ok().build());
        }

        @Idempotent
        @Retryable(fallback = "fallenMono")
        @CircuitGuarded("bank")
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }

        Mono<ResponseEntity<Receipt>> fallenMono(Order order, Principal caller) {
            return Mono.just(ResponseEntity.ok().build());
        }
    }

    @RestController
    static class FluxController {

        @Idempotent
        @Retryable(fallback = "fallenMono")
        @CircuitGuarded("bank")
        @PostMapping("/mono")
        Mono<ResponseEntity<Receipt>> mono(@RequestBody Order order, Principal caller) {
            return Ledger.mono(order, caller);
        }

        Mono<ResponseEntity<Receipt>> fallenMono(Order order, Principal caller) {
            return Mono.just(ResponseEntity.ok().build());
        }
    }

    /** Nothing but calls changes what is counted. */
    @Configuration(proxyBeanMethods = false)
    static class StandingClock {

        @Bean
        static ManualTime time() {
            return new ManualTime();
        }
    }

    private static Shop start(WebApplicationType type, Class<?> controller) {
        return Shop.start(
                type,
                Map.of("retrykit.circuits.bank.minimum-calls", "5", "retrykit.circuits.bank.window.type", "count"),
                StandingClock.class,
                controller);
    }

    private final String key = UUID.randomUUID().toString();
    private final String order = UUID.randomUUID().toString();

    private static HttpResponse<byte[]> send(Shop shop, String path, String key, Order order) {
        return shop.post(path, key, Neighbor.json(order));
    }

    private Order order(int amount, Behavior does) {
        return new Order(order, amount, does);
    }

    /** All that counts calls, but the counters of keys themselves. */
    private static Map<String, Object> counts(Shop shop) {
        Map<String, Object> counts = new TreeMap<>();
        Retries retries = shop.bean(Retries.class);
        retries.circuits()
                .forEach(entry ->
                        counts.put("circuit " + entry.name(), entry.circuit().snapshot()));
        retries.policies()
                .forEach(entry ->
                        counts.put("budget " + entry.name(), entry.budget().snapshot()));
        for (Meter meter : shop.bean(MeterRegistry.class).getMeters()) {
            String name = meter.getId().getName();
            if (name.startsWith("retrykit.") && !name.startsWith("retrykit.idempotency")) {
                List<Double> values = new ArrayList<>();
                for (Measurement measurement : meter.measure()) {
                    values.add(measurement.getValue());
                }
                counts.put(meter.getId().toString(), values);
            }
        }
        return counts;
    }

    /** The first run's own end may still be counted when its answer is there. */
    private static Map<String, Object> settledCounts(Shop shop) {
        Map<String, Object> counts = counts(shop);
        Map<String, Object> again = counts(shop);
        while (!again.equals(counts)) {
            counts = again;
            again = counts(shop);
        }
        return counts;
    }

    private void assertRepeatsAreNotCounted(Shop shop, String path) {
        Order pay = order(1, Behavior.PAY);
        HttpResponse<byte[]> first = send(shop, path, key, pay);
        assertThat(first.statusCode()).isEqualTo(201);
        Map<String, Object> before = settledCounts(shop);
        assertThat(before).isNotEmpty();
        for (int i = 0; i < REPEATS; i++) {
            assertReplay(first, send(shop, path, key, pay));
        }
        assertThat(counts(shop)).isEqualTo(before);
        assertThat(Ledger.runs(order)).isEqualTo(1);
    }

    private void assertConflictsAreNotCounted(Shop shop, String path) throws Exception {
        Order held = order(1, Behavior.HOLD);
        CompletableFuture<HttpResponse<byte[]>> first = AtOnce.start(() -> send(shop, path, key, held));
        try {
            assertThat(Ledger.awaitEntered(order)).isTrue();
            Map<String, Object> before = settledCounts(shop);
            for (int i = 0; i < ENOUGH_TO_OPEN; i++) {
                assertProblem(send(shop, path, key, held), 409, "is in progress");
                assertProblem(send(shop, path, key, order(2, Behavior.HOLD)), 422, "used for a different request");
            }
            assertThat(counts(shop)).isEqualTo(before);
        } finally {
            Ledger.release(order);
        }
        assertThat(first.get().statusCode()).isEqualTo(201);
        assertThat(shop.bean(Retries.class).circuit("bank").snapshot().state()).isEqualTo(CircuitState.CLOSED);
        assertThat(Ledger.runs(order)).isEqualTo(1);
    }

    @Nested
    class InMvc {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = RepeatIsNoCallTests.start(WebApplicationType.SERVLET, MvcController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @ParameterizedTest
        @ValueSource(strings = {"/plain", "/guarded", "/stage", "/mono"})
        void countsNoRepeat(String path) {
            assertRepeatsAreNotCounted(shop, path);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/plain", "/guarded", "/stage", "/mono"})
        void countsNoConflict(String path) throws Exception {
            assertConflictsAreNotCounted(shop, path);
        }
    }

    @Nested
    class InWebFlux {

        private static Shop shop;

        @BeforeAll
        static void start() {
            shop = RepeatIsNoCallTests.start(WebApplicationType.REACTIVE, FluxController.class);
        }

        @AfterAll
        static void stop() {
            shop.close();
        }

        @ParameterizedTest
        @ValueSource(strings = "/mono")
        void countsNoRepeat(String path) {
            assertRepeatsAreNotCounted(shop, path);
        }

        @ParameterizedTest
        @ValueSource(strings = "/mono")
        void countsNoConflict(String path) throws Exception {
            assertConflictsAreNotCounted(shop, path);
        }
    }
}
