package dev.retrykit.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten shards under one name, one of them down for ten minutes, 100 calls a second spread evenly over all. */
class BadShardTests {

    private static final int SHARDS = 10;
    private static final int CALLS = 60_000;
    private static final Duration BETWEEN = Duration.ofMillis(10);

    private final ManualTime time = new ManualTime();
    private final Random shards = new Random(42);
    private int good;
    private int burden;

    /** Calls all shards; returns the percentage of calls that succeeded. */
    private double goodput(Function<String, Circuit> circuitOf) {
        for (int i = 0; i < CALLS; i++) {
            time.advance(BETWEEN);
            int shard = shards.nextInt(SHARDS);
            try {
                circuitOf.apply("shard " + shard).run(() -> call(shard));
                good++;
            } catch (IOException | CircuitOpenException failed) {
                // counted by what is missing
            }
        }
        return good * 100.0 / CALLS;
    }

    private void call(int shard) throws IOException {
        if (shard == 0) {
            burden++;
            throw new IOException("shard 0 is down");
        }
    }

    private Circuit.Builder circuit(double failureRate) {
        return Circuit.builder("shards")
                .policy(CircuitPolicy.builder().failureRate(failureRate).build())
                .timeSource(time)
                .random(new Random(7));
    }

    private double withKey(double failureRate) {
        KeyedCircuits<Circuit> keyed =
                KeyedCircuits.of(() -> circuit(failureRate), KeyLimits.defaults(CircuitPolicy.defaults()));
        return goodput(keyed::get);
    }

    private double withoutKey(double failureRate) {
        Circuit one = circuit(failureRate).build();
        return goodput(shard -> one);
    }

    @ParameterizedTest(name = "opens at {0} %")
    @ValueSource(doubles = {10, 50, 70, 100})
    void withAKeyTheNineGoodShardsGoOnAndTheBadOneIsLeftAlone(double failureRate) {
        assertThat(withKey(failureRate)).isGreaterThanOrEqualTo(89);
        assertThat(burden).isLessThan(CALLS / SHARDS / 10);
    }

    @ParameterizedTest(name = "opens at {0} %")
    @ValueSource(doubles = {5, 10})
    void withoutAKeyTheBadShardTakesAllOthersDown(double failureRate) {
        assertThat(withoutKey(failureRate)).isLessThan(15);
    }

    @ParameterizedTest(name = "opens at {0} %")
    @ValueSource(doubles = {50, 70})
    void withoutAKeyAndWithARateAboveItsShareNobodySparesTheBadShard(double failureRate) {
        assertThat(withoutKey(failureRate)).isBetween(89.0, 91.0);
        assertThat(burden).isEqualTo(CALLS - good);
    }
}
