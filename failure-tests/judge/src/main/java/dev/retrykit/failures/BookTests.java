package dev.retrykit.failures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.Causes;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Subclasses list rows: each is judged by a policy of a running application. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BookTests {

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void means(Row row) {
        assertThat(Meaning.of(row.failure()))
                .as("%s: %s", row.name(), Causes.chain(row.failure()))
                .isEqualTo(row.expected());
    }

    static Row row(String name, Throwable failure, String expected) {
        return Row.row(name, failure, expected);
    }
}
