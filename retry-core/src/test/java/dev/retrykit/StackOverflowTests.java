package dev.retrykit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One thread's stack overflow, wherever it comes, is its own affair. */
class StackOverflowTests {

    @ParameterizedTest
    @CsvSource({"-XX:TieredStopAtLevel=1, 2000", "-XX:+TieredCompilation, 400", "-Xint, 200"})
    @Timeout(120)
    void noOtherCallHangsAfterAnOverflow(String compiler, String overflows) throws Exception {
        String said = run(OverflowingProcess.class, compiler, overflows);
        assertThat(said).contains(overflows + " overflows, no call hangs").doesNotContain("interrupt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:TieredStopAtLevel=1", "-Xint"})
    @Timeout(120)
    void noCallHangsWhoseStageIsCompletedOnAFullStack(String compiler) throws Exception {
        assertThat(run(OverflowingStages.class, compiler)).contains("7200 calls, none hangs");
    }

    @ParameterizedTest
    @CsvSource({"schedule, 0", "schedule, 3", "schedule, 7", "call, 0", "call, 3", "call, 7"})
    @Timeout(120)
    void theTimerWorksThoughItsFirstUseCameOnAFullStack(String use, String frames) throws Exception {
        assertThat(run(FirstUseProcess.class, "-XX:TieredStopAtLevel=1", use, frames))
                .contains("ran, cut");
    }

    private static String run(Class<?> main, String compiler, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                compiler,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
