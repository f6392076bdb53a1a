package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.acme.ApiException;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.failure.book.InvalidLineException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The clauses that {@code teach-it-a-failure.md} lists: all that there are, and each can be read. */
class ClausesTests {

    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z-]+(?:\\(.*?\\))?(?: = [a-z-]+)?)`", Pattern.MULTILINE);

    static List<String> clauses() {
        return ROW.matcher(Page.of("docs/howto/teach-it-a-failure.md").text())
                .results()
                .map(row -> row.group(1).replace("\\|", "|"))
                .toList();
    }

    private static FailureBook book(String clause) {
        return FailureBook.of(Map.of(ApiException.class.getName(), clause), () -> Instant.EPOCH);
    }

    @ParameterizedTest
    @MethodSource("clauses")
    void areRight(String clause) {
        assertThat(book(clause).missingAccessor(ApiException.class)).isNull();
    }

    @Test
    void areAllThatThereAre() {
        InvalidLineException unknown = catchThrowableOfType(InvalidLineException.class, () -> book("none"));
        Set<String> listed = clauses().stream()
                .map(clause -> clause.replaceFirst("[( ].*", ""))
                .collect(Collectors.toSet());

        assertThat(listed).containsExactlyInAnyOrderElementsOf(new TreeSet<>(unknown.known()));
    }
}
