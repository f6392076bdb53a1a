package dev.retrykit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Databases that stay down when their outage is over, because of the load that it has left behind. */
class StayingDownTests {

    private static final int OVER = Metastable.OUTAGE + Metastable.OUTAGE_SECONDS;

    @ParameterizedTest
    @CsvSource({"PLAIN,10", "REQUEST_BUDGET,10", "WITHOUT_MIN_SUCCESS,1", "WITHOUT_MIN_SUCCESS,10"})
    void otherRulesKeepItDown(Style style, int clients) {
        assertThat(Metastable.run(style, clients, Metastable.Measure.SECOND).recovered(OVER, 0.95))
                .isEqualTo(-1);
    }

    /** The luck of one seed hid that a thousand clients could keep it down. */
    @ParameterizedTest
    @EnumSource(names = {"DEFAULT", "DEFAULT_WITH_CIRCUIT"})
    void theDefaultBudgetLetsItComeBackWhateverTheSeed(Style style) {
        int[] back = IntStream.rangeClosed(1, 8)
                .map(seed -> Metastable.run(style, 1_000, Metastable.Measure.QUARTER, seed)
                        .recovered(OVER, 0.95))
                .toArray();
        assertThat(back).doesNotContain(-1);
        assertThat(IntStream.of(back).average().orElseThrow()).isLessThanOrEqualTo(OVER + 20);
    }

    @ParameterizedTest
    @CsvSource({
        "1,SECOND",
        "10,SECOND",
        "100,SECOND",
        "1000,SECOND",
        "10,QUARTER",
        "1000,QUARTER",
        "10,AVERAGE",
        "1000,AVERAGE"
    })
    void theDefaultBudgetLetsItComeBack(int clients, Metastable.Measure measure) {
        assertThat(Metastable.run(Style.DEFAULT, clients, measure).recovered(OVER, 0.95))
                .isBetween(OVER, OVER + 20);
    }
}
