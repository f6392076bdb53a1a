package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Idempotent methods at the endpoint and as meters. */
class IdempotencyReportTests {

    private static Shop shop;
    private static Shop readOnly;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "spring.datasource.url", "jdbc:h2:mem:" + UUID.randomUUID(),
                "retrykit.idempotency.store", "jdbc",
                "management.endpoints.web.exposure.include", "retry",
                "management.endpoint.retry.access", "unrestricted"));
        shop = Shop.start(WebApplicationType.SERVLET, settings, Controller.class);
        settings.remove("management.endpoint.retry.access");
        readOnly = Shop.start(WebApplicationType.SERVLET, settings, Controller.class);
    }

    @AfterAll
    static void stop() {
        shop.close();
        readOnly.close();
    }

    @RestController
    static class Controller {

        private final JdbcTemplate jdbc;

        Controller(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Idempotent
        @Transactional
        @PostMapping("/fenced")
        public String fenced() {
            jdbc.queryForObject("select 1", Integer.class);
            return "done";
        }

        @Idempotent
        @PostMapping("/refused")
        ResponseEntity<String> refused() {
            return ResponseEntity.notFound().build();
        }

        @Idempotent
        @PostMapping("/unfenced")
        String unfenced() {
            return "done";
        }
    }

    private static String report(Shop of) {
        return new String(
                Shop.send(HttpRequest.newBuilder(URI.create(of.url("/actuator/retry")))
                                .build())
                        .body(),
                StandardCharsets.UTF_8);
    }

    private static HttpResponse<byte[]> delete(Shop of, String path) {
        return Shop.send(HttpRequest.newBuilder(URI.create(of.url("/actuator/retry/" + path)))
                .DELETE()
                .build());
    }

    @Test
    void tellsWhatIsGuaranteed() {
        shop.post("/fenced", key, "{}");
        assertThat(report(shop))
                .contains("\"idempotency\":{\"store\":\"jdbc\"")
                .contains("\"Controller.fenced()\":{\"guarantee\":\"exactly once\",\"executed\":")
                .contains("\"unfenced\":0}");
        shop.post("/unfenced", key, "{}");
        assertThat(report(shop))
                .contains("\"Controller.unfenced()\":{\"guarantee\":\"at least once\",\"executed\":1,\"unfenced\":1}");
    }

    @Test
    void takesNoRefusalForAnEffectWithoutATransaction() {
        assertThat(shop.post("/refused", key, "{}").statusCode()).isEqualTo(404);
        assertThat(report(shop))
                .contains("\"Controller.refused()\":{\"guarantee\":\"exactly once\",\"executed\":0,\"unfenced\":0}");
    }

    @Test
    void countsWhatBecameOfRequests() {
        MeterRegistry meters = shop.bean(MeterRegistry.class);
        double before = meters.get("retrykit.idempotency")
                .tag("result", "replayed")
                .functionCounter()
                .count();
        shop.post("/fenced", key, "{}");
        shop.post("/fenced", key, "{}");
        assertThat(meters.get("retrykit.idempotency")
                        .tag("result", "replayed")
                        .functionCounter()
                        .count())
                .isEqualTo(before + 1);
        assertThat(meters.get("retrykit.idempotency").functionCounters())
                .hasSize(IdempotencyCounters.Result.values().length);
    }

    @Test
    void freesAKeyByItsHash() {
        String id = Digest.of("a key that nobody knows the outcome of " + key);
        IdempotencyStore store = shop.bean(IdempotencyStore.class);
        Duration long_ = Duration.ofHours(1);
        Duration over = Duration.ofSeconds(-10);
        store.claim(new ClaimRequest(Claim.of(id), "print", over, long_, long_));
        assertThat(delete(readOnly, "idempotency/" + id).statusCode()).isEqualTo(405);
        assertThat(delete(shop, "idempotency/" + id).statusCode()).isEqualTo(204);
        assertThat(delete(shop, "idempotency/" + id).statusCode()).isEqualTo(404);
        assertThat(delete(shop, "idempotency/nothing").statusCode()).isEqualTo(400);
        assertThat(delete(shop, "policies/" + id).statusCode()).isEqualTo(404);
        store.claim(new ClaimRequest(Claim.of(id), "print", long_, long_, long_));
        assertThat(delete(shop, "idempotency/" + id).statusCode()).isEqualTo(404);
    }
}
