package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A block of a page that is generated from the code, between two comments: {@code <!-- generated: name -->} and
 * {@code <!-- end -->}. With {@code -Ddocs.write=true} it is written, otherwise it must be up to date.
 */
final class Generated {

    private Generated() {}

    static void assertUpToDate(Page page, String name, String content) throws IOException {
        String begin = "<!-- generated: " + name + " -->\n";
        int from = page.text().indexOf(begin);
        int to = page.text().indexOf("<!-- end -->", from);
        assertThat(from).as("%s has a line %s", page, begin).isNotNegative();
        assertThat(to).as("%s has a line <!-- end --> behind it", page).isNotNegative();
        String updated =
                page.text().substring(0, from) + begin + content + page.text().substring(to);
        Path file = Page.ROOT.resolve(page.path());
        if (Boolean.getBoolean("docs.write") && Files.exists(file)) {
            Files.writeString(file, updated);
            return;
        }
        assertThat(page.text())
                .as("%s is not up to date: run this test with -Ddocs.write=true, and look at what changes", page)
                .isEqualTo(updated);
    }

    /** A row of a table. */
    static String row(String... cells) {
        return "| " + String.join(" | ", cells).replace('\n', ' ') + " |\n";
    }
}
