package dev.retrykit.spring.autoconfigure;

import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.redis.RedisStore;
import dev.retrykit.spring.settings.binding.ConfiguredSettings;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Stores idempotency keys in Redis. */
@AutoConfiguration(
        after = {RetrykitAutoConfiguration.class, RetrykitIdempotencyJdbcAutoConfiguration.class},
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(RedisConnectionFactory.class)
@ConditionalOnBean(ConfiguredSettings.class)
@ConditionalOnSingleCandidate(RedisConnectionFactory.class)
@ConditionalOnMissingBean(IdempotencyStore.class)
@ConditionalOnProperty(name = "retrykit.idempotency.store", havingValue = "redis", matchIfMissing = true)
@Conditional(OnRetrykitEnabled.class)
public final class RetrykitIdempotencyRedisAutoConfiguration {

    RetrykitIdempotencyRedisAutoConfiguration() {}

    @Bean
    RedisStore retrykitRedisIdempotencyStore(RedisConnectionFactory connections) {
        return new RedisStore(connections);
    }
}
