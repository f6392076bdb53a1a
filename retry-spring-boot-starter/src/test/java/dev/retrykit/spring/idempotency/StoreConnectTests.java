package dev.retrykit.spring.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Idempotent;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Stores that take long to connect to: a client's first connection is made in the background, and isn't broken off. */
@Tag("server")
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class StoreConnectTests {

    @RestController
    static class Controller {

        @Idempotent
        @PostMapping("/keyed")
        String keyed() {
            return "done";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Redis {

        @Bean
        LettuceConnectionFactory redis(@Value("${redis.port}") int port) {
            return new LettuceConnectionFactory("127.0.0.1", port);
        }
    }

    private static int port(String store) {
        return store.equals("redis")
                ? Servers.redisPort()
                : URI.create(Servers.postgresUrl().substring("jdbc:".length())).getPort();
    }

    private static Shop start(String store, Relay relay) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("retrykit.idempotency.store", store.equals("redis") ? "redis" : "jdbc");
        settings.put("redis.port", relay.port());
        if (store.equals("redis")) {
            return Shop.start(WebApplicationType.SERVLET, settings, Controller.class, Redis.class);
        }
        settings.put("spring.datasource.url", Servers.postgresUrl().replace(":" + port(store), ":" + relay.port()));
        settings.put("retrykit.idempotency.initialize-schema", "never");
        return Shop.start(WebApplicationType.SERVLET, settings, Controller.class);
    }

    private static int post(Shop shop) {
        return shop.post("/keyed", UUID.randomUUID().toString(), "{}").statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "postgres"})
    void answerTheFirstRequestIfTheyConnectWithinTheBound(String store) {
        Servers.postgres();
        try (Relay relay = Relay.to(port(store))) {
            relay.delayConnections(Duration.ofMillis(1_000).toNanos());
            try (Shop shop = start(store, relay)) {
                assertThat(post(shop)).isEqualTo(200);
            }
        }
    }

    /** No request waits for longer than the bound, and the next ones find the connection. */
    @ParameterizedTest
    @ValueSource(strings = {"redis", "postgres"})
    void areConnectedToThoughThatTakesLongerThanTheBound(String store, CapturedOutput output) {
        Servers.postgres();
        try (Relay relay = Relay.to(port(store))) {
            relay.delayConnections(Duration.ofMillis(3_500).toNanos());
            try (Shop shop = start(store, relay)) {
                Waiting.until(() -> post(shop) == 200);
                assertThat(post(shop)).isEqualTo(200);
            }
        }
        assertThat(output).doesNotContain("can't be read");
    }
}
