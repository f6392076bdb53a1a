package dev.retrykit.failures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.failure.book.FailureBook;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Subclasses name chapters of the book: the classes and accessors of each line exist in the libraries. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ChapterTests {

    private final List<String> chapters;
    private final Set<String> unserved;

    /**
     * Of some chapters.
     *
     * @param unserved classes of libraries whose jars can't be had
     */
    ChapterTests(List<String> chapters, Set<String> unserved) {
        this.chapters = chapters;
        this.unserved = unserved;
    }

    Stream<String> types() {
        return chapters.stream()
                .flatMap(ChapterTests::lines)
                .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith("["))
                .map(line -> line.substring(0, line.indexOf(':')).trim())
                .map(type -> type.startsWith("=") ? type.substring(1) : type)
                .filter(type -> !type.startsWith("*.") && !unserved.contains(type));
    }

    @ParameterizedTest
    @MethodSource("types")
    void exists(String type) throws ClassNotFoundException {
        Class<?> found = Class.forName(type, false, ChapterTests.class.getClassLoader());

        assertThat(FailureBook.standard().missingAccessor(found))
                .as("an accessor of %s that doesn't exist", type)
                .isNull();
    }

    private static Stream<String> lines(String chapter) {
        try (InputStream stream = FailureBook.class.getResourceAsStream(chapter)) {
            assertThat(stream).as(chapter).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
