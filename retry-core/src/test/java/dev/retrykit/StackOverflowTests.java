package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One thread's stack overflow, wherever it comes, is its own affair. */
@Tag("process")
class StackOverflowTests {

    @ParameterizedTest
    @CsvSource({"-XX:TieredStopAtLevel=1, 2000", "-XX:+TieredCompilation, 400", "-Xint, 200"})
    @Timeout(120)
    void noOtherCallHangsAfterAnOverflow(String compiler, String overflows) throws Exception {
        String said = ChildJvm.run(OverflowingProcess.class, List.of(compiler), overflows);
        assertThat(said).contains(overflows + " overflows, no call hangs").doesNotContain("interrupt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-Xint"})
    @Timeout(120)
    void noCallHangsWhoseStageIsCompletedOnAFullStack(String compiler) throws Exception {
        assertThat(ChildJvm.run(OverflowingStages.class, List.of(compiler))).contains("7200 calls, none hangs");
    }

    @ParameterizedTest
    @CsvSource({"schedule, 0", "schedule, 3", "schedule, 7", "call, 0", "call, 3", "call, 7"})
    @Timeout(120)
    void theTimerWorksThoughItsFirstUseCameOnAFullStack(String use, String frames) throws Exception {
        assertThat(ChildJvm.run(FirstUseProcess.class, List.of(), use, frames)).contains("ran, cut");
    }
}
