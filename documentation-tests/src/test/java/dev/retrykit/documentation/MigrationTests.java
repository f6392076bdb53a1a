package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.documentation.Migration.Outcome;
import io.github.resilience4j.retry.internal.RetryImpl;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients on the pages for migration do the same before it and after it, where the pages don't say otherwise. */
class MigrationTests {

    @BeforeAll
    static void resilience4jDoesNotSleep() {
        RetryImpl.setSleepFunction(Libraries.SLEPT::add);
    }

    @AfterAll
    static void resilience4jSleepsAgain() {
        RetryImpl.setSleepFunction(Thread::sleep);
    }

    enum Library {
        SPRING_RETRY(
                new Migration("spring-retry.md", runner -> runner.withUserConfiguration(Libraries.SpringRetry.class)),
                true),
        SPRING_7(new Migration("spring-7.md", runner -> runner.withUserConfiguration(Libraries.Spring7.class)), false),
        RESILIENCE4J(
                new Migration(
                        "resilience4j.md",
                        runner -> runner.withUserConfiguration(
                                Libraries.AspectJ.class, AutoConfigured.ByResilience4j.class)),
                true);

        private final Migration client;
        private final boolean hasFallback;

        Library(Migration client, boolean hasFallback) {
            this.client = client;
            this.hasFallback = hasFallback;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsRetriedUntilASuccess(Library library) {
        both(library, List.of("7"), 3, failing(2, ConnectException.class));
    }

    @ParameterizedTest
    @EnumSource
    void fourAttemptsAreMadeAndTheFallbackAnswersIfThereIsOne(Library library) {
        both(library, List.of(library.hasFallback ? "-1" : "ConnectException"), 4, failing(99, ConnectException.class));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsExcludedIsNotRetried(Library library) {
        both(
                library,
                List.of(library.hasFallback ? "-1" : "FileNotFoundException"),
                1,
                failing(99, FileNotFoundException.class));
    }

    @ParameterizedTest
    @EnumSource(names = "SPRING_RETRY", mode = EnumSource.Mode.EXCLUDE)
    void whatNobodyNamesIsThrownAtOnce(Library library) {
        both(library, List.of("IllegalStateException"), 1, failing(99, IllegalStateException.class));
    }

    @ParameterizedTest
    @EnumSource(names = "SPRING_RETRY")
    void withoutAFittingRecoverMethodSpringRetryHidesTheFailure(Library library) {
        Outcome before = library.client.before(1, warehouse(failing(99, IllegalStateException.class)));
        Outcome after = library.client.after(1, warehouse(failing(99, IllegalStateException.class)));

        assertThat(before).isEqualTo(new Outcome(List.of("ExhaustedRetryException"), 1));
        assertThat(after).isEqualTo(new Outcome(List.of("IllegalStateException"), 1));
    }

    @ParameterizedTest
    @EnumSource(names = "RESILIENCE4J")
    void theCircuitOpensAfterTwentyFailuresOfTwenty(Library library) {
        Outcome before = library.client.before(8, warehouse(failing(99, ConnectException.class)));
        Outcome after = library.client.after(8, warehouse(failing(99, ConnectException.class)));

        assertThat(before.callsOfTheWarehouse()).isEqualTo(20);
        assertThat(after.callsOfTheWarehouse()).isEqualTo(20);
    }

    private static void both(Library library, List<String> results, int calls, Script script) {
        Outcome expected = new Outcome(results, calls);
        assertThat(library.client.before(1, warehouse(script))).as("before").isEqualTo(expected);
        assertThat(library.client.after(1, warehouse(script))).as("after").isEqualTo(expected);
    }

    /** Fails so often, and counts then. */
    private record Script(int failures, Class<? extends Exception> type) {}

    private static Script failing(int times, Class<? extends Exception> type) {
        return new Script(times, type);
    }

    private static Warehouse warehouse(Script script) {
        int[] left = {script.failures};
        return sku -> {
            if (left[0]-- > 0) {
                throw failure(script.type);
            }
            return 7;
        };
    }

    private static RuntimeException failure(Class<? extends Exception> type) throws IOException {
        try {
            Exception failure = type.getConstructor().newInstance();
            if (failure instanceof IOException checked) {
                throw checked;
            }
            return (RuntimeException) failure;
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
