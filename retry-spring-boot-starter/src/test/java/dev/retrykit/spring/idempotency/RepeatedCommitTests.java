package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.annotation.Retryable;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Endpoints over retried transactions that Spring commits though they fail. */
@Tag("server")
class RepeatedCommitTests {

    private static Shop shop;

    private final String key = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        shop = Shop.start(
                WebApplicationType.SERVLET,
                Map.of(
                        "spring.datasource.url", "jdbc:h2:mem:" + UUID.randomUUID(),
                        "retrykit.idempotency.store", "jdbc",
                        "retrykit.policies.p.max-attempts", "4",
                        "retrykit.policies.p.backoff.delay", "1ms",
                        "retrykit.policies.harmless.idempotent", "true",
                        "retrykit.policies.harmless.max-attempts", "4",
                        "retrykit.policies.harmless.backoff.delay", "1ms",
                        "management.endpoints.web.exposure.include", "retry"),
                Controller.class,
                Orders.class);
        shop.bean(JdbcTemplate.class).execute("create table placed (id varchar(40))");
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @BeforeEach
    void begin() {
        shop.bean(JdbcTemplate.class).update("delete from placed");
    }

    static class Orders {

        private final JdbcTemplate jdbc;
        private int attempts;

        Orders(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Retryable("p")
        @Transactional
        public String once() throws Exception {
            return place();
        }

        @Retryable("p")
        @Transactional(rollbackFor = Exception.class)
        public String rolledBack() throws Exception {
            return place();
        }

        @Retryable("harmless")
        @Transactional
        public String again() throws Exception {
            return place();
        }

        @Retryable("p")
        @Transactional
        public String look() throws Exception {
            jdbc.queryForList("select * from placed");
            throw new SocketTimeoutException();
        }

        private String place() throws Exception {
            jdbc.update("insert into placed values ('one')");
            if (++attempts % 4 != 0) {
                throw new SocketTimeoutException("attempt " + attempts);
            }
            return "placed";
        }
    }

    @RestController
    static class Controller {

        private final Orders orders;

        Controller(Orders orders) {
            this.orders = orders;
        }

        @Idempotent
        @PostMapping("/once")
        String once() throws Exception {
            return orders.once();
        }

        @Idempotent
        @PostMapping("/rolledBack")
        String rolledBack() throws Exception {
            return orders.rolledBack();
        }

        @Idempotent
        @PostMapping("/again")
        String again() throws Exception {
            return orders.again();
        }

        @Idempotent
        @PostMapping("/look")
        String look() throws Exception {
            return orders.look();
        }
    }

    private int call(String path) {
        Orders orders = shop.bean(Orders.class);
        ((Orders) org.springframework.test.util.AopTestUtils.getTargetObject(orders)).attempts = 0;
        return shop.post(path, key, "{}").statusCode();
    }

    private static int rows() {
        return shop.bean(JdbcTemplate.class).queryForObject("select count(*) from placed", Integer.class);
    }

    private static String report(String method) {
        String report = new String(
                Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/actuator/retry")))
                                .build())
                        .body(),
                StandardCharsets.UTF_8);
        int start = report.indexOf("\"Controller." + method);
        return report.substring(start, report.indexOf('}', start) + 1);
    }

    @Test
    void haveOneEffectAndSayThatItMayBeThere() {
        assertThat(call("/once")).isGreaterThanOrEqualTo(500);
        assertThat(rows()).isOne();
        assertThat(shop.post("/once", key, "{}").statusCode()).isEqualTo(409);
        assertThat(rows()).isOne();
        assertThat(report("once()")).contains("exactly once");
    }

    @Test
    void haveOneEffectWhereTheyRollBack() {
        assertThat(call("/rolledBack")).isEqualTo(200);
        assertThat(rows()).isOne();
        assertThat(report("rolledBack()")).contains("exactly once", "\"unfenced\":0");
    }

    @Test
    void areShownAsAtLeastOnceIfTheyRepeatACommit() {
        assertThat(call("/again")).isEqualTo(200);
        assertThat(rows()).isEqualTo(4);
        assertThat(report("again()")).contains("at least once", "\"unfenced\":1");
    }

    @Test
    void runAgainIfTheyHadOnlyRead() {
        assertThat(call("/look")).isGreaterThanOrEqualTo(500);
        assertThat(shop.post("/look", key, "{}").statusCode()).isGreaterThanOrEqualTo(500);
    }
}
