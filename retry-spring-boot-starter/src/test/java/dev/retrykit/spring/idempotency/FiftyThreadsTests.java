package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Fifty requests with one key at once, over real sockets, with each store on its real server. */
@Tag("server")
class FiftyThreadsTests {

    private static final int THREADS = 50;
    private static final AtomicInteger calls = new AtomicInteger();

    @RestController
    static class Controller {

        private final JdbcTemplate jdbc;

        Controller(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Idempotent
        @Transactional
        @PostMapping("/payments")
        @ResponseStatus(HttpStatus.CREATED)
        public Map<String, Object> pay() {
            jdbc.queryForObject("select 1", Integer.class);
            return Map.of("call", calls.incrementAndGet(), "id", UUID.randomUUID(), "text", "äöü€".repeat(500));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Redis {

        @Bean
        RedisConnectionFactory redis() {
            return new LettuceConnectionFactory("127.0.0.1", Servers.redisPort());
        }
    }

    private static Shop start(String store) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("retrykit.idempotency.initialize-schema", "always");
        settings.put("spring.datasource.hikari.maximum-pool-size", "20");
        switch (store) {
            case "postgres" -> settings.put("spring.datasource.url", Servers.postgresUrl());
            case "mariadb" -> settings.put("spring.datasource.url", Servers.mariaDbUrl());
            default -> settings.put("spring.datasource.url", "jdbc:h2:mem:" + UUID.randomUUID());
        }
        settings.put("retrykit.idempotency.store", store.equals("memory") || store.equals("redis") ? store : "jdbc");
        return store.equals("redis")
                ? Shop.start(WebApplicationType.SERVLET, settings, Controller.class, Redis.class)
                : Shop.start(WebApplicationType.SERVLET, settings, Controller.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "h2", "postgres", "mariadb", "redis"})
    void carriesItOutOnce(String store) throws Exception {
        try (Shop shop = start(store)) {
            for (int round = 0; round < 10; round++) {
                String key = UUID.randomUUID().toString();
                int before = calls.get();
                List<HttpResponse<byte[]>> atOnce = atOnce(shop, key);
                assertThat(calls).hasValue(before + 1);
                assertThat(atOnce)
                        .extracting(HttpResponse::statusCode)
                        .isSubsetOf(201, 409)
                        .contains(201);
                assertThat(atOnce.stream()
                                .filter(response -> response.statusCode() == 201)
                                .filter(response -> response.headers()
                                        .firstValue("Idempotent-Replayed")
                                        .isEmpty()))
                        .hasSize(1);
                List<HttpResponse<byte[]>> later = atOnce(shop, key);
                assertThat(calls).hasValue(before + 1);
                byte[] first = bodies(atOnce, 201).get(0);
                assertThat(bodies(atOnce, 201))
                        .allSatisfy(body -> assertThat(body).isEqualTo(first));
                assertThat(bodies(later, 201))
                        .hasSize(THREADS)
                        .allSatisfy(body -> assertThat(body).isEqualTo(first));
            }
        }
    }

    private static List<byte[]> bodies(List<HttpResponse<byte[]>> responses, int status) {
        return responses.stream()
                .filter(response -> response.statusCode() == status)
                .map(HttpResponse::body)
                .toList();
    }

    private static List<HttpResponse<byte[]>> atOnce(Shop shop, String key) throws Exception {
        return AtOnce.call(THREADS, () -> shop.post("/payments", key, "{\"cents\":10}"));
    }
}
