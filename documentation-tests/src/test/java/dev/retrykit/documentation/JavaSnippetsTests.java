package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JavaSnippetsTests {

    /** What stops a start is shown by code that is wrong; another test starts it. */
    static Stream<Snippet> snippets() {
        return Page.all().stream()
                .filter(page -> !page.path().endsWith("start-failures.md"))
                .flatMap(page -> page.snippets("java").stream());
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void compile(Snippet snippet) {
        assertThat(JavaCompiler.compile(snippet.text()).errors()).isEmpty();
    }

    @Test
    void mayBeTypesMembersOrStatements() {
        assertThat(JavaCompiler.compile("@Service class Shop { @Retryable void sell() { ... } }")
                        .errors())
                .isEmpty();
        assertThat(JavaCompiler.compile("@Retryable\nStock stock(String sku) { … }")
                        .errors())
                .isEmpty();
        assertThat(JavaCompiler.compile("int attempts = RetryPolicy.defaults().maxAttempts();")
                        .errors())
                .isEmpty();
    }

    @Test
    void thatAreWrongAreFound() {
        assertThat(JavaCompiler.compile("@Retryable(attempts = 3)\nStock stock(String sku) { ... }")
                        .errors())
                .singleElement()
                .asString()
                .contains("cannot find symbol", "attempts()", "@Retryable(attempts = 3)");
    }
}
