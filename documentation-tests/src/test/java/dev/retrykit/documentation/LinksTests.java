package dev.retrykit.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LinksTests {

    static List<Page> pages() {
        return Page.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void lead(Page page) {
        assertThat(Links.broken(page)).isEmpty();
    }

    @Test
    void everyPageOfTheDocsIsLinkedFromTheFirstOne() {
        assertThat(Page.all())
                .filteredOn(page -> page.path().startsWith("docs"))
                .filteredOn(page -> !page.path().startsWith("docs/decisions"))
                .allSatisfy(page -> assertThat(Page.of("README.md").text()).contains("(" + page + ")"));
    }

    @Test
    void ofMissingFilesAndHeadingsAreFound() {
        Page planted = new Page(Path.of("docs/planted.md"), """
                # Planted

                [good](../README.md), [good](#planted), [good](../README.md#use-it), [elsewhere](https://example.org/none)
                [no file](reference/none.md), [no heading](#none), [no heading there](../README.md#none)
                ![no picture](pictures/none.png), [out of the repository](../../none.md)
                `[code](none.md)`
                ```
                [more code](none.md)
                ```
                """);

        assertThat(Links.broken(planted))
                .extracting(problem -> problem.replaceFirst(" among .*", ""))
                .containsExactly(
                        "docs/planted.md: reference/none.md: there is no such file",
                        "docs/planted.md: #none: there is no such heading",
                        "docs/planted.md: ../README.md#none: there is no such heading",
                        "docs/planted.md: pictures/none.png: there is no such file",
                        "docs/planted.md: ../../none.md: there is no such file");
    }
}
