package dev.retrykit.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retrykit.failure.Verdict.Kind;
import dev.retrykit.time.Nanos;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTests {

    @Test
    void everyStatusFrom400To599HasItsMeaning() {
        Set<Integer> retried = Set.of(408, 425, 429, 500, 502, 503, 504);
        Set<Integer> neutral = Set.of(401, 403, 407);
        for (int status = 400; status <= 599; status++) {
            Verdict verdict = Verdict.ofStatus(status);
            assertThat(verdict.kind())
                    .as("kind of %d", status)
                    .isEqualTo(retried.contains(status) ? Kind.RETRYABLE : Kind.NOT_RETRYABLE);
            Signal signal = Signal.FAILURE;
            if (status == 429) {
                signal = Signal.THROTTLED;
            } else if (neutral.contains(status)) {
                signal = Signal.NONE;
            } else if (status < 500 && !retried.contains(status)) {
                signal = Signal.SUCCESS;
            }
            assertThat(verdict.signal()).as("signal of %d", status).isEqualTo(signal);
            assertThat(verdict.retryAfterNanos()).isEqualTo(Verdict.NO_HINT);
        }
    }

    @Test
    void aDependencyWorksIfItSucceedsOrIsToBeIgnored() {
        assertThat(Signal.SUCCESS.isSuccess()).isTrue();
        assertThat(Signal.IGNORED.isSuccess()).isTrue();
        assertThat(Signal.FAILURE.isSuccess()).isFalse();
        assertThat(Signal.THROTTLED.isSuccess()).isFalse();
        assertThat(Signal.NONE.isSuccess()).isFalse();
    }

    @Test
    void theShortFormsCountAgainstTheDependency() {
        assertThat(Verdict.retryable()).isEqualTo(new Verdict(Kind.RETRYABLE, Signal.FAILURE, Verdict.NO_HINT));
        assertThat(Verdict.notRetryable()).isEqualTo(new Verdict(Kind.NOT_RETRYABLE, Signal.FAILURE, Verdict.NO_HINT));
    }

    @Test
    void changesOnePartAndKeepsTheOthers() {
        Verdict verdict = Verdict.of(Kind.RETRYABLE, Signal.THROTTLED).withRetryAfter(Duration.ofSeconds(3));
        assertThat(verdict).isEqualTo(new Verdict(Kind.RETRYABLE, Signal.THROTTLED, 3_000_000_000L));
        assertThat(verdict.as(Kind.VETOED)).isEqualTo(new Verdict(Kind.VETOED, Signal.THROTTLED, 3_000_000_000L));
        assertThat(verdict.withSignal(Signal.NONE)).isEqualTo(new Verdict(Kind.RETRYABLE, Signal.NONE, 3_000_000_000L));
        assertThat(verdict.as(Kind.RETRYABLE)).isSameAs(verdict);
        assertThat(verdict.withSignal(Signal.THROTTLED)).isSameAs(verdict);
    }

    @Test
    void aLeastDelayIsNeitherNegativeNorEndless() {
        assertThat(Verdict.retryable().withRetryAfter(Duration.ofSeconds(-5)).retryAfterNanos())
                .isZero();
        assertThat(Verdict.retryable()
                        .withRetryAfter(Duration.ofSeconds(Long.MAX_VALUE))
                        .retryAfterNanos())
                .isEqualTo(Nanos.UNLIMITED);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 1_000, Integer.MAX_VALUE})
    void refusesWhatIsNoStatus(int status) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Verdict.ofStatus(status))
                .withMessageContaining("status must be an HTTP status of 100 to 999")
                .withMessageContaining("but was " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999})
    void takesWhatMayBeOne(int status) {
        assertThat(Verdict.ofStatus(status).status()).isEqualTo(status);
    }

    @Test
    void refusesADelayBelowNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Verdict(Kind.RETRYABLE, Signal.FAILURE, -2))
                .withMessageContaining("retryAfterNanos must be -1 for none, or 0 or more, but was -2");
    }
}
