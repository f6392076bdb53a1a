package dev.retrykit.documentation;

import static dev.retrykit.documentation.Generated.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retrykit.event.StopReason;
import dev.retrykit.failure.book.FailureBook;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

/** The lists of the pages are generated from the code, and complete. */
class ReferenceTests {

    private static final Set<String> NAMES = Set.of("policy", "circuit", "budget");

    @Test
    void allKeys() throws IOException {
        String rows = Metadata.ofRetrykit().stream()
                .map(key ->
                        row("`" + key.name() + "`", "`" + type(key.type()) + "`", key.value(), KeyTable.meaning(key)))
                .collect(Collectors.joining());

        Generated.assertUpToDate(
                Page.of("docs/reference/all-keys.md"),
                "keys",
                "| key | type | default | meaning |\n| --- | --- | --- | --- |\n" + rows);
    }

    static List<Page> pages() {
        return Page.all();
    }

    static List<KeyTable> keyTables() {
        return pages().stream().flatMap(KeyTable::of).toList();
    }

    @ParameterizedTest
    @MethodSource("keyTables")
    void keysOfASection(KeyTable table) throws IOException {
        Generated.assertUpToDate(Page.of(table.page().toString()), table.name(), table.content());
    }

    @Test
    void everyKeyIsInOneTableOfASection() {
        assertThat(keyTables().stream().flatMap(table -> table.keys().stream()))
                .containsExactlyInAnyOrderElementsOf(Metadata.ofRetrykit());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void noTableListsKeysByHand(Page page) {
        assertThat(KeyTable.byHand(page)).isEmpty();
    }

    @Test
    void aTableThatListsKeysByHandIsFound() {
        String table = "| key | meaning |\n| --- | --- |\n| `max-attempts` | 3 |\n| `backoff.delay`, … | 200ms |\n";
        Page planted = new Page(Path.of("planted.md"), "# Planted\n\n" + table);
        Page generated = new Page(Path.of("planted.md"), "<!-- generated: keys -->\n" + table + "<!-- end -->\n");

        assertThat(KeyTable.byHand(planted)).containsExactly("planted.md: | key | meaning |");
        assertThat(KeyTable.byHand(generated)).isEmpty();
    }

    @Test
    void allMeters() {
        new WebApplicationContextRunner()
                .withUserConfiguration(AutoConfigured.ByRetrykitAndMicrometer.class)
                .withBean(SimpleMeterRegistry.class)
                .withPropertyValues("retrykit.policies.x.max-attempts=2", "retrykit.circuits.x.failure-rate=50")
                .run(context -> Generated.assertUpToDate(
                        Page.of("docs/reference/actuator.md"),
                        "meters",
                        "| meter | type | tags | meaning |\n| --- | --- | --- | --- |\n"
                                + meters(context.getBean(SimpleMeterRegistry.class))));
    }

    @Test
    void allStopReasons() throws IOException {
        Page page = Page.of("docs/reference/stop-reasons.md");
        String source =
                Files.readString(Page.ROOT.resolve("retry-core/src/main/java/dev/retrykit/event/StopReason.java"));
        Map<String, String> advice = thirdColumn(page);
        StringBuilder rows = new StringBuilder();
        for (StopReason reason : StopReason.values()) {
            rows.append(row("`" + reason + "`", javadoc(source, reason), advice.getOrDefault(reason.name(), "")));
        }

        Generated.assertUpToDate(
                page, "reasons", "| reason | the call ended because | what to do |\n| --- | --- | --- |\n" + rows);
    }

    @Test
    void allFailures() throws IOException {
        Generated.assertUpToDate(
                Page.of("docs/reference/failures.md"),
                "failures",
                FailurePage.of(FailureBook.standard().lines()));
        Generated.assertUpToDate(
                Page.of("docs/howto/what-not-to-retry.md"),
                "unknown effects",
                FailurePage.ofUnknownEffects(FailureBook.standard().lines()));
        Generated.assertUpToDate(
                Page.of("docs/reference/stop-reasons.md"),
                "states",
                FailurePage.ofSqlStates(FailureBook.standard().lines()));
    }

    @Test
    void aPageThatIsOutOfDateIsFound() {
        Page planted = new Page(Path.of("planted.md"), "<!-- generated: keys -->\nold\n<!-- end -->\n");

        assertThatThrownBy(() -> Generated.assertUpToDate(planted, "keys", "new\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("planted.md is not up to date");
    }

    private static String meters(SimpleMeterRegistry registry) {
        Map<String, Meter> meters = new TreeMap<>();
        Map<String, Map<String, Set<String>>> tags = new HashMap<>();
        for (Meter meter : registry.getMeters()) {
            String name = meter.getId().getName();
            if (name.startsWith("retrykit.")) {
                meters.putIfAbsent(name, meter);
                Map<String, Set<String>> values = tags.computeIfAbsent(name, any -> new TreeMap<>());
                for (Tag tag : meter.getId().getTags()) {
                    values.computeIfAbsent(tag.getKey(), any -> new TreeSet<>()).add(tag.getValue());
                }
            }
        }
        return meters.entrySet().stream()
                .map(entry -> row(
                        "`" + entry.getKey() + "`",
                        entry.getValue().getId().getType().name().toLowerCase(Locale.ROOT),
                        tags(tags.get(entry.getKey())),
                        entry.getValue().getId().getDescription()))
                .collect(Collectors.joining());
    }

    private static String tags(Map<String, Set<String>> tags) {
        return tags.entrySet().stream()
                .sorted(Comparator.comparing(tag -> !NAMES.contains(tag.getKey())))
                .map(tag -> "`" + tag.getKey() + "`"
                        + (NAMES.contains(tag.getKey()) ? "" : ": " + String.join(", ", tag.getValue())))
                .collect(Collectors.joining("; "));
    }

    private static String javadoc(String source, StopReason reason) {
        Matcher javadoc = Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s*" + reason + "\\b", Pattern.DOTALL)
                .matcher(source);
        assertThat(javadoc.find()).as("Javadoc of " + reason).isTrue();
        return javadoc.group(1)
                .replaceAll("\\s*\n\\s*\\* ?", " ")
                .replaceAll("\\{@code ([^}]*)}", "`$1`")
                .strip();
    }

    private static Map<String, String> thirdColumn(Page page) {
        return Pattern.compile("^\\| `([A-Z_]+)` \\|[^|]*\\|(.*)\\|$", Pattern.MULTILINE)
                .matcher(page.text())
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1), row -> row.group(2).strip(), (first, again) -> first));
    }

    private static String type(String type) {
        return type.replaceAll("[a-z]\\w*\\.(?=[\\w.]*[A-Z])", "")
                .replace('$', '.')
                .replace("|", "\\|");
    }
}
