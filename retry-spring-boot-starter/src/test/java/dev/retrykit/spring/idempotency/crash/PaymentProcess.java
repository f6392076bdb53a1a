package dev.retrykit.spring.idempotency.crash;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.spring.idempotency.Waiting;
import dev.retrykit.spring.idempotency.store.jdbc.JdbcStore;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A process that takes payments, to be killed. Arguments: port, address of the database, and whether there is a fence. */
public final class PaymentProcess {

    private PaymentProcess() {}

    public static void main(String[] arguments) {
        boolean fence = Boolean.parseBoolean(arguments[2]);
        new SpringApplicationBuilder(Application.class)
                .bannerMode(Banner.Mode.OFF)
                .profiles(fence ? "fence" : "no-fence")
                .properties(Map.of(
                        "server.port", arguments[0],
                        "server.address", "127.0.0.1",
                        "spring.datasource.url", arguments[1],
                        "spring.datasource.hikari.maximum-pool-size", "12",
                        "spring.main.lazy-initialization", "true",
                        "retrykit.idempotency.store", fence ? "jdbc" : "memory",
                        "retrykit.idempotency.lease", "1s"))
                .run();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({Payments.class, Ledger.class})
    static class Application {

        /** What a store is without a fence that lets a repeat run once the lease is over. */
        @Bean
        @Profile("no-fence")
        JdbcStore unfenced(DataSource dataSource) {
            return new JdbcStore(dataSource, () -> true, () -> {});
        }
    }

    @RestController
    static class Payments {

        private final Ledger ledger;

        Payments(Ledger ledger) {
            this.ledger = ledger;
        }

        /** Pauses stand for what a handler does before, in and after its transaction. */
        @Idempotent
        @PostMapping("/payments")
        @ResponseStatus(HttpStatus.CREATED)
        String pay(
                @RequestHeader("Idempotency-Key") String key,
                @RequestHeader(name = "X-Before", defaultValue = "0") int before,
                @RequestHeader(name = "X-Within", defaultValue = "0") int within) {
            pause(before > 0 ? before : random());
            ledger.book(key, within > 0 ? within : random());
            pause(random());
            return "paid " + key;
        }
    }

    static class Ledger {

        private final JdbcTemplate jdbc;

        Ledger(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Transactional
        public void book(String key, int pause) {
            jdbc.update(
                    "insert into ledger (payment, process) values (?, ?)",
                    key,
                    ProcessHandle.current().pid());
            pause(pause);
        }
    }

    private static int random() {
        return ThreadLocalRandom.current().nextInt(12);
    }

    private static void pause(int millis) {
        Waiting.nanos(millis * 1_000_000L);
    }
}
