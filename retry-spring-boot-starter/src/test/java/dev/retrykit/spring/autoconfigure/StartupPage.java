package dev.retrykit.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of {@code docs/reference/start-failures.md} that a test prints, between the comments
 * {@code <!-- generated: name -->} and {@code <!-- end -->}. With {@code -Ddocs.write=true} the test writes it; otherwise
 * it must be up to date.
 */
final class StartupPage {

    private static final Path FILE = Path.of("..", "docs", "reference", "start-failures.md");
    private static final boolean WRITES = Boolean.getBoolean("docs.write");
    private static final String END = "<!-- end -->";

    private final String begin;
    private final Map<String, String> blocks = new LinkedHashMap<>();

    StartupPage(String name) {
        this.begin = "<!-- generated: " + name + " -->\n";
    }

    /** Asserts that the part shows some code with the message that it leads to. */
    void assertShows(String title, String language, String code, String message) throws IOException {
        String block = "### " + title + "\n\n```" + language + "\n" + code + "\n```\n\n```text\n" + message + "\n```\n";
        blocks.put(title, block);
        if (!WRITES) {
            assertThat(part())
                    .as("docs/reference/start-failures.md; -Ddocs.write=true updates it")
                    .contains(block);
        }
    }

    /** Asserts that the part has these titles, and no other. */
    void assertHasOnly(List<String> titles) throws IOException {
        if (!WRITES) {
            assertThat(part().lines().filter(line -> line.startsWith("### ")))
                    .containsExactlyElementsOf(
                            titles.stream().map(title -> "### " + title).toList());
        }
    }

    /** Writes the part, if the tests run with {@code -Ddocs.write=true}. */
    void write() throws IOException {
        if (WRITES) {
            String page = Files.readString(FILE);
            int from = from(page);
            Files.writeString(
                    FILE,
                    page.substring(0, from) + "\n" + String.join("\n", blocks.values()) + "\n"
                            + page.substring(page.indexOf(END, from)));
        }
    }

    private String part() throws IOException {
        String page = Files.readString(FILE);
        int from = from(page);
        return page.substring(from, page.indexOf(END, from));
    }

    private int from(String page) {
        assertThat(page).contains(begin);
        return page.indexOf(begin) + begin.length();
    }
}
