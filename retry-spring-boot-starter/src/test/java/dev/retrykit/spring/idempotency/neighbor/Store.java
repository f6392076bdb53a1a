package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.spring.idempotency.Servers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Where keys are kept. */
enum Store {
    MEMORY("memory"),
    H2("jdbc"),
    POSTGRES("jdbc"),
    REDIS("redis");

    private final String setting;

    Store(String setting) {
        this.setting = setting;
    }

    /** Each application has a database; a small pool, so that a request that holds two connections is seen. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("retrykit.idempotency.store", setting);
        settings.put("retrykit.idempotency.initialize-schema", "always");
        settings.put("spring.datasource.hikari.maximum-pool-size", "5");
        settings.put("spring.datasource.hikari.connection-timeout", "3000");
        settings.put(
                "spring.datasource.url", this == POSTGRES ? Servers.postgresUrl() : "jdbc:h2:mem:" + UUID.randomUUID());
        return settings;
    }

    /** What an application with the store has besides. */
    Class<?>[] and(Class<?>... parts) {
        if (this != REDIS) {
            return parts;
        }
        Class<?>[] all = java.util.Arrays.copyOf(parts, parts.length + 1);
        all[parts.length] = RedisConnections.class;
        return all;
    }

    @Configuration(proxyBeanMethods = false)
    static class RedisConnections {

        @Bean
        RedisConnectionFactory redis() {
            LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", Servers.redisPort());
            factory.setEagerInitialization(true); // the first connection takes seconds where the processor is busy
            return factory;
        }
    }
}
