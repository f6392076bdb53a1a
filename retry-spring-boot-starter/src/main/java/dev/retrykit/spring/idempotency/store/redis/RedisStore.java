package dev.retrykit.spring.idempotency.store.redis;

import dev.retrykit.failure.Causes;
import dev.retrykit.spring.idempotency.store.Answer;
import dev.retrykit.spring.idempotency.store.BoundedWait;
import dev.retrykit.spring.idempotency.store.Claim;
import dev.retrykit.spring.idempotency.store.ClaimRequest;
import dev.retrykit.spring.idempotency.store.IdempotencyStore;
import dev.retrykit.spring.idempotency.store.StoredState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Stores keys in Redis, with one round trip per step. Keys that Redis loses (without persistence, or in a failover
 * before replication) are treated as new, and Redis must not evict keys when its memory is full: {@code
 * maxmemory-policy noeviction}.
 */
public final class RedisStore implements IdempotencyStore {

    private static final String PREFIX = "retrykit:idempotency:";
    private static final byte[] NOTHING = {};

    private final RedisTemplate<String, byte[]> redis = new RedisTemplate<>();

    /**
     * Whether a step can be bounded. Before the client is connected, an interrupt would end the attempt to connect, and
     * the next one would start over.
     */
    private volatile boolean isConnected;

    /** Creates a store in Redis. */
    public RedisStore(RedisConnectionFactory connections) {
        redis.setConnectionFactory(connections);
        redis.setEnableDefaultSerializer(false);
        redis.setKeySerializer(RedisSerializer.string());
        redis.setValueSerializer(RedisSerializer.byteArray());
        redis.afterPropertiesSet();
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public boolean boundsItself() {
        return isConnected;
    }

    @Override
    public StoredState claim(ClaimRequest request) {
        List<?> answer = run(
                Scripts.CLAIM,
                request.claim().id(),
                bytes(request.claim().owner()),
                bytes(request.fingerprint()),
                millis(request.lease()),
                millis(request.grace()),
                millis(request.keep()));
        String fingerprint = text(answer.get(1));
        return switch (text(answer.get(0))) {
            case "T" -> StoredState.claimed(fingerprint);
            case "C" -> StoredState.inFlight(fingerprint, Duration.ofMillis(Long.parseLong(text(answer.get(2)))));
            case "D" -> StoredState.done(fingerprint, Answer.of((byte[]) answer.get(3)));
            case "G" -> StoredState.done(fingerprint, null);
            default -> StoredState.unknown(fingerprint);
        };
    }

    @Override
    public boolean renew(Claim claim, Duration lease) {
        return run(Scripts.RENEW, claim.id(), bytes(claim.owner()), millis(lease)) == 1;
    }

    @Override
    public boolean complete(Claim claim, @Nullable Answer answer, Duration keep) {
        return run(
                        Scripts.COMPLETE,
                        claim.id(),
                        bytes(claim.owner()),
                        bytes(answer == null ? "G" : "D"),
                        millis(keep),
                        answer == null ? NOTHING : answer.toBytes())
                == 1;
    }

    @Override
    public Release release(Claim claim, Duration keep) {
        return run(Scripts.RELEASE, claim.id(), bytes(claim.owner())) == 1 ? Release.FREED : Release.LOST;
    }

    @Override
    public void abandon(Claim claim) {
        run(Scripts.ABANDON, claim.id(), bytes(claim.owner()));
    }

    @Override
    public boolean free(String id) {
        return run(Scripts.FREE, id) == 1;
    }

    private <T> T run(RedisScript<T> script, String id, byte[]... arguments) {
        T result = connected(() -> redis.execute(
                script, RedisSerializer.byteArray(), serializer(), List.of(PREFIX + id), (Object[]) arguments));
        if (result == null) {
            throw new IllegalStateException(
                    "Redis returned no result. Check that the connection is not in a transaction or a" + " pipeline.");
        }
        return result;
    }

    private <T> @Nullable T connected(Supplier<@Nullable T> step) {
        boolean wasConnected = isConnected;
        try {
            T result = wasConnected ? BoundedWait.call(step::get) : step.get();
            if (!wasConnected) {
                isConnected = true;
            }
            return result;
        } catch (RuntimeException failed) {
            if (Causes.chain(failed).stream().anyMatch(RedisConnectionFailureException.class::isInstance)) {
                isConnected = false;
            }
            throw failed;
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> RedisSerializer<T> serializer() {
        return (RedisSerializer<T>) RedisSerializer.byteArray();
    }

    private static byte[] millis(Duration duration) {
        return bytes(String.valueOf(duration.toMillis()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
