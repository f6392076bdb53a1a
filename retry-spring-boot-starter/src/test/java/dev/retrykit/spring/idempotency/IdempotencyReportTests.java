package dev.retrykit.spring.idempotency;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.text;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Idempotent methods at the endpoint and as meters. */
@Tag("startup")
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
        shop.bean(JdbcTemplate.class).execute("create table halves (id int)");
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
        private final TransactionTemplate transaction;

        Controller(JdbcTemplate jdbc, TransactionTemplate transaction) {
            this.jdbc = jdbc;
            this.transaction = transaction;
        }

        @Idempotent
        @Transactional
        @PostMapping("/fenced")
        public String fenced() {
            jdbc.queryForObject("select 1", Integer.class);
            return "done";
        }

        @Idempotent
        @PostMapping("/half")
        String half() {
            transaction.executeWithoutResult(status -> jdbc.update("insert into halves (id) values (1)"));
            throw new IllegalStateException("the second half");
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
    void saysCarriedOutInPartOfWhatFailedAfterACommitAndFreesIt() {
        assertThat(shop.post("/half", key, "{}").statusCode()).isEqualTo(500);
        HttpResponse<byte[]> repeat = shop.post("/half", key, "{}");
        assertProblem(repeat, 409, "This request may have been executed in part, and its response was not stored.");
        assertThat(repeat.headers().firstValue("x-should-retry")).contains("false");
        assertThat(rows()).isOne();
        String hash = text(repeat).replaceAll("(?s).*held under ([0-9a-f]{64}).*", "$1");
        assertThat(delete(shop, "idempotency/" + hash).statusCode()).isEqualTo(204);
        assertThat(shop.post("/half", key, "{}").statusCode()).isEqualTo(500);
        assertThat(rows()).isEqualTo(2);
    }

    private static long rows() {
        return shop.bean(JdbcTemplate.class).queryForObject("select count(*) from halves", Long.class);
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
