package dev.retrykit.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class NanosTests {

    @Test
    void areExactWithinTheLimit() {
        assertThat(Nanos.of(Duration.ZERO)).isZero();
        assertThat(Nanos.of(Duration.ofNanos(1))).isEqualTo(1);
        assertThat(Nanos.of(Duration.ofSeconds(-1))).isEqualTo(-1_000_000_000L);
        assertThat(Nanos.of(Duration.ofNanos(Nanos.UNLIMITED - 1))).isEqualTo(Nanos.UNLIMITED - 1);
        assertThat(Nanos.of(Duration.ofNanos(1 - Nanos.UNLIMITED))).isEqualTo(1 - Nanos.UNLIMITED);
    }

    @Test
    void saturateBeyondIt() {
        assertThat(Nanos.of(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))).isEqualTo(Nanos.UNLIMITED);
        assertThat(Nanos.of(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(-Nanos.UNLIMITED);
    }

    @Test
    void canBeAddedToAnyReadingOfAClock() {
        for (long now : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
            long deadline = now + Nanos.UNLIMITED;
            assertThat(deadline - now).isEqualTo(Nanos.UNLIMITED);
        }
    }
}
