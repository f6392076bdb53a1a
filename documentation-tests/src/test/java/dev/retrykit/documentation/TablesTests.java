package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TablesTests {

    static List<Page> pages() {
        return Page.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void haveAHeadingForEachColumn(Page page) {
        assertThat(incomplete(page)).isEmpty();
    }

    @Test
    void withAColumnWithoutAHeadingAreFound() {
        Page planted = new Page(Path.of("planted.md"), """
                | key | |
                | --- | --- |
                | a | |

                | key | default |
                | --- | --- |
                | a | |
                """);

        assertThat(incomplete(planted)).containsExactly("| key | |");
    }

    private static List<String> incomplete(Page page) {
        return page.tables().stream()
                .map(table -> table.get(0))
                .filter(headings -> headings.matches(".*\\|\\s*\\|.*"))
                .toList();
    }
}
