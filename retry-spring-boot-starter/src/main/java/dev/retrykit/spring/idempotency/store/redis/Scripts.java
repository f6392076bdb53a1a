package dev.retrykit.spring.idempotency.store.redis;

import java.util.List;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The steps, each of which Redis runs atomically, on its own clock. A key is a hash with the state (C claimed, D done,
 * G done without a response), the owner, the fingerprint, the end of the lease in milliseconds, and the response.
 */
final class Scripts {

    private static final String NOW = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            """;

    /**
     * Arguments: owner, fingerprint, lease, grace, keep. Returns the state, the fingerprint, the remaining lease and
     * the response.
     */
    @SuppressWarnings("rawtypes")
    static final RedisScript<List> CLAIM = script(NOW + """
                    local kept = redis.call('HMGET', KEYS[1], 'state', 'print', 'lease', 'answer')
                    if kept[1] then
                      if kept[1] ~= 'C' then
                        return {kept[1], kept[2], '0', kept[4] or ''}
                      end
                      local left = tonumber(kept[3]) - now
                      if left >= 0 then
                        return {'C', kept[2], string.format('%.0f', left), ''}
                      end
                      if kept[2] ~= ARGV[2] or -left < tonumber(ARGV[4]) then
                        return {'U', kept[2], '0', ''}
                      end
                    end
                    redis.call('DEL', KEYS[1])
                    redis.call('HSET', KEYS[1], 'state', 'C', 'owner', ARGV[1], 'print', ARGV[2],
                      'lease', string.format('%.0f', now + ARGV[3]))
                    redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ARGV[3] + ARGV[5]))
                    return {'T', ARGV[2], '0', ''}
                    """, List.class);

    /** Arguments: owner, lease. The record's lifetime is extended by the same time as the lease. */
    static final RedisScript<Long> RENEW = script(NOW + """
                    local kept = redis.call('HMGET', KEYS[1], 'state', 'owner', 'lease')
                    if kept[1] ~= 'C' or kept[2] ~= ARGV[1] then
                      return 0
                    end
                    local until_ = now + ARGV[2]
                    local more = until_ - tonumber(kept[3])
                    redis.call('HSET', KEYS[1], 'lease', string.format('%.0f', until_))
                    if more > 0 then
                      redis.call('PEXPIRE', KEYS[1], string.format('%.0f', redis.call('PTTL', KEYS[1]) + more))
                    end
                    return 1
                    """, Long.class);

    /** Arguments: owner, state, keep, response. */
    static final RedisScript<Long> COMPLETE = script("""
            local kept = redis.call('HMGET', KEYS[1], 'state', 'owner')
            if not kept[1] or kept[2] ~= ARGV[1] then
              return 0
            end
            if kept[1] ~= 'C' then
              return 1
            end
            redis.call('HSET', KEYS[1], 'state', ARGV[2], 'answer', ARGV[4])
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            return 1
            """, Long.class);

    /** Argument: owner. */
    static final RedisScript<Long> RELEASE = script("""
            local kept = redis.call('HMGET', KEYS[1], 'state', 'owner')
            if kept[1] ~= 'C' or kept[2] ~= ARGV[1] then
              return 0
            end
            return redis.call('DEL', KEYS[1])
            """, Long.class);

    /** Argument: owner. */
    static final RedisScript<Long> ABANDON = script(NOW + """
                    local kept = redis.call('HMGET', KEYS[1], 'state', 'owner')
                    if kept[1] ~= 'C' or kept[2] ~= ARGV[1] then
                      return 0
                    end
                    redis.call('HSET', KEYS[1], 'lease', string.format('%.0f', now - 1))
                    return 1
                    """, Long.class);

    static final RedisScript<Long> FREE = script(NOW + """
                    local kept = redis.call('HMGET', KEYS[1], 'state', 'lease')
                    if not kept[1] or kept[1] == 'C' and tonumber(kept[2]) >= now then
                      return 0
                    end
                    return redis.call('DEL', KEYS[1])
                    """, Long.class);

    private Scripts() {}

    private static <T> RedisScript<T> script(String text, Class<T> result) {
        return new DefaultRedisScript<>(text, result);
    }
}
