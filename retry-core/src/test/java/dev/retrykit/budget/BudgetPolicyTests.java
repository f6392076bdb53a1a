package dev.retrykit.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetPolicyTests {

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        BudgetPolicy policy = BudgetPolicy.defaults();
        assertThat(policy.ratio()).isEqualTo(0.1);
        assertThat(policy.window()).isEqualTo(Duration.ofSeconds(10));
        assertThat(policy.reserve()).isEqualTo(5);
        assertThat(policy.minSuccess()).isEqualTo(60);
        assertThat(policy.isUnlimited()).isFalse();
        assertThat(policy).hasToString("ratio 0.1, window PT10S, reserve 5, min-success 60.0 %");
    }

    @Test
    void theShortFormKeepsTheMinimumSuccess() {
        BudgetPolicy policy = BudgetPolicy.of(0.2, Duration.ofSeconds(30), 0);
        assertThat(policy).hasToString("ratio 0.2, window PT30S, reserve 0, min-success 60.0 %");
    }

    @Test
    void unlimitedIsUnlimited() {
        assertThat(BudgetPolicy.unlimited().isUnlimited()).isTrue();
        assertThat(BudgetPolicy.unlimited()).hasToString("unlimited");
    }

    @Test
    void theEndsOfEachRangeAreAllowed() {
        BudgetPolicy.builder()
                .ratio(0)
                .window(Duration.ofMillis(10))
                .reserve(0)
                .minSuccess(0)
                .build();
        BudgetPolicy.builder()
                .ratio(10)
                .window(Duration.ofDays(1))
                .reserve(1_000_000)
                .minSuccess(100)
                .build();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 10.001, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void rejectsARatioOutsideItsRange(double ratio) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BudgetPolicy.builder().ratio(ratio).build())
                .withMessage("ratio must be 0 to 10, but was " + ratio);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.009999999S", "PT24H0.000000001S"})
    void rejectsAWindowOutsideItsRange(Duration window) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BudgetPolicy.builder().window(window).build())
                .withMessage("window must be 10 ms to 1 day, but was " + window);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void rejectsAReserveOutsideItsRange(int reserve) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BudgetPolicy.builder().reserve(reserve).build())
                .withMessage("reserve must be 0 to 1000000, but was " + reserve);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 100.1, Double.NaN})
    void rejectsAMinimumSuccessOutsideItsRange(double percent) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BudgetPolicy.builder().minSuccess(percent).build())
                .withMessage("minSuccess must be 0 to 100 percent, but was " + percent);
    }

    @Test
    void theFirstRuleThatIsBrokenIsReported() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BudgetPolicy.of(-1, Duration.ZERO, -1))
                .withMessage("ratio must be 0 to 10, but was -1.0");
    }

    @Test
    void refusesAMissingWindow() {
        assertThatNullPointerException()
                .isThrownBy(() -> BudgetPolicy.builder().window(null))
                .withMessage("window");
    }
}
