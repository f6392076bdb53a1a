package dev.retrykit.spring.idempotency.endpoint.webflux;

import static dev.retrykit.spring.idempotency.Replies.assertProblem;
import static dev.retrykit.spring.idempotency.Replies.assertReplay;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Guarantee;
import dev.retrykit.spring.idempotency.Idempotency;
import dev.retrykit.spring.idempotency.Shop;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** A plain method is carried out by one thread, so its transactions belong to its claim, as in Spring MVC. */
class FencedWebFluxTests {

    @RestController
    static class Controller {

        private final JdbcTemplate jdbc;
        private final TransactionOperations transaction;

        Controller(JdbcTemplate jdbc, TransactionOperations transaction) {
            this.jdbc = jdbc;
            this.transaction = transaction;
        }

        @Idempotent
        @PostMapping("/payments")
        public String pay(@RequestBody String body) {
            transaction.executeWithoutResult(
                    status -> jdbc.update("insert into payments values (?)", UUID.randomUUID()));
            if (body.equals("fail")) {
                throw new IllegalStateException("after the commit");
            }
            return body;
        }
    }

    @Test
    void fencesTheTransactionsOfAPlainMethod() {
        String key = UUID.randomUUID().toString();
        try (Shop shop = Shop.start(
                WebApplicationType.REACTIVE,
                Map.of(
                        "spring.datasource.url",
                        "jdbc:h2:mem:" + UUID.randomUUID(),
                        "retrykit.idempotency.store",
                        "jdbc"),
                Controller.class)) {
            JdbcTemplate jdbc = shop.bean(JdbcTemplate.class);
            jdbc.execute("create table payments (id uuid)");

            HttpResponse<byte[]> first = shop.post("/payments", key, "pay");
            assertThat(first.statusCode()).isEqualTo(200);
            assertReplay(first, shop.post("/payments", key, "pay"));
            assertThat(shop.post("/payments", key + 1, "fail").statusCode()).isEqualTo(500);
            assertProblem(shop.post("/payments", key + 1, "fail"), 409, "in part");

            assertThat(jdbc.queryForObject("select count(*) from payments", Integer.class))
                    .isEqualTo(2);
            assertThat(shop.bean(Idempotency.class).methods()).singleElement().satisfies(method -> {
                assertThat(method.executed()).isEqualTo(1);
                assertThat(method.unfenced()).isZero();
                assertThat(method.guarantee()).isEqualTo(Guarantee.EXACTLY_ONCE);
            });
        }
    }
}
