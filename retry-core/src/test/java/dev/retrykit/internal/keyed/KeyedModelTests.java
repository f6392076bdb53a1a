package dev.retrykit.internal.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random uses of random keys. The model is a map of all that was ever given out and when; what it demands is what the
 * documentation promises: none is evicted early, each idle one is evicted in time, and there are never too many.
 */
class KeyedModelTests {

    private static final int USES = 5_000;
    private static final Object SHARED = new Object();

    private record Own(Object value, long lastUse) {}

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsWhatItPromises(int seed) {
        Random random = new Random(seed);
        int maxKeys = 1 + random.nextInt(20);
        int keys = 1 + random.nextInt(40);
        long idle = 16 + random.nextInt(1_000);
        long evictedBy = idle + 2 * (idle / 16);
        long now = random.nextBoolean() ? random.nextLong() : 0;
        long longestPause = 1 + random.nextInt((int) idle / 2);
        Keyed<Object> keyed = new Keyed<>(key -> new Object(), SHARED, maxKeys, idle, now);
        Map<String, Own> model = new HashMap<>();
        for (int use = 0; use < USES; use++) {
            now += random.nextInt(200) == 0 ? random.nextLong(3 * idle) : random.nextLong(longestPause);
            String key = "key " + random.nextInt(keys);
            Own known = model.get(key);
            long kept = using(model, now, idle);
            long surelyThere = using(model, now, evictedBy);

            Object value = keyed.get(key, now);

            String at = "seed " + seed + ", use " + use + " of " + key + " at " + now;
            if (known != null && now - known.lastUse < idle) {
                assertThat(value).as(at).isSameAs(known.value);
            } else if (value == SHARED) {
                assertThat(surelyThere).as(at).isGreaterThanOrEqualTo(maxKeys);
            } else if (known == null || value != known.value) {
                assertThat(kept).as(at).isLessThan(maxKeys);
                assertThat(model.values()).as(at).noneMatch(own -> own.value == value);
            }
            if (value != SHARED) {
                model.put(key, new Own(value, now));
            }
            assertThat(keyed.size()).as(at).isBetween((int) using(model, now, idle), maxKeys);
        }
    }

    private static long using(Map<String, Own> model, long now, long within) {
        return model.values().stream()
                .filter(own -> now - own.lastUse <= within)
                .count();
    }
}
