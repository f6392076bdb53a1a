package dev.retrykit.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.retrykit.failure.InvalidPolicyException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequireTests {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void namesTheRuleAndTheValueThatBreaksIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.require(false, "ratio", "must be 0 to 10", 11.5))
                .withMessage("ratio must be 0 to 10, but was 11.5");
        assertThatNoException().isThrownBy(() -> Require.require(true, "ratio", "must be 0 to 10", 9));
    }

    @Test
    void namesTheOtherSettingOfAContradiction() {
        Require.Other most = new Require.Other("countWindow", 20);

        assertThatExceptionOfType(InvalidPolicyException.class)
                .isThrownBy(() -> Require.require(false, "minimumCalls", "must not be above", most, 30))
                .withMessage("minimumCalls must not be above countWindow, 20, but was 30")
                .satisfies(rejected -> {
                    assertThat(rejected.setting()).isEqualTo("minimumCalls");
                    assertThat(rejected.rule()).isEqualTo("must not be above");
                    assertThat(rejected.otherSetting()).hasValue("countWindow");
                    assertThat(rejected.otherValue()).hasValue(20);
                    assertThat(rejected.value()).hasValue(30);
                });
        assertThatNoException().isThrownBy(() -> Require.require(true, "minimumCalls", "must not be above", most, 9));
    }

    @Test
    void positiveIsAboveZero() {
        assertThatNoException().isThrownBy(() -> Require.requirePositive("lease", Duration.ofNanos(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.requirePositive("lease", Duration.ZERO))
                .withMessage("lease must be above zero, but was PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.requirePositive("lease", Duration.ofSeconds(-1)))
                .withMessage("lease must be above zero, but was PT-1S");
    }

    @Test
    void betweenIncludesBothEnds() {
        for (Duration within : new Duration[] {SECOND, Duration.ofSeconds(2), MINUTE}) {
            assertThatNoException()
                    .isThrownBy(() -> Require.requireBetween("window", "1 s to 1 min", SECOND, MINUTE, within));
        }
        for (Duration outside : new Duration[] {SECOND.minusNanos(1), MINUTE.plusNanos(1)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Require.requireBetween("window", "1 s to 1 min", SECOND, MINUTE, outside))
                    .withMessage("window must be 1 s to 1 min, but was " + outside);
        }
    }
}
