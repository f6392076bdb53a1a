package dev.retrykit.documentation;

import static dev.retrykit.documentation.Generated.row;

import dev.retrykit.documentation.Metadata.Key;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A generated table of configuration keys. The marker of its block chooses the keys of a section, in the order of the
 * table: {@code <!-- generated: keys retrykit.defaults.policy: max-attempts, backoff.* -->}.
 *
 * @param selection names of keys without the section, or the beginning of names and an asterisk
 */
record KeyTable(Page page, String section, String selection) {

    private static final Pattern MARKER = Pattern.compile("<!-- generated: keys (\\S+): (.*) -->");
    private static final Pattern FIRST_CELL = Pattern.compile("\\| `([^`]+)`.*");

    /** The tables of a page. */
    static Stream<KeyTable> of(Page page) {
        return MARKER.matcher(page.text())
                .results()
                .map(marker -> new KeyTable(page, marker.group(1), marker.group(2)));
    }

    /** The tables of a page whose rows are keys and were not generated, by their first lines. */
    static List<String> byHand(Page page) {
        List<String> names = Page.all().stream()
                .flatMap(KeyTable::of)
                .flatMap(table -> table.keys().stream().flatMap(key -> Stream.of(key.name(), table.relative(key))))
                .toList();
        return page.byHand().tables().stream()
                .filter(table ->
                        table.stream().filter(line -> isOf(names, line)).count() > 1)
                .map(table -> page + ": " + table.get(0))
                .toList();
    }

    private static boolean isOf(List<String> names, String line) {
        Matcher cell = FIRST_CELL.matcher(line);
        return cell.matches() && names.contains(cell.group(1));
    }

    String name() {
        return "keys " + section + ": " + selection;
    }

    List<Key> keys() {
        return Arrays.stream(selection.split(", ")).flatMap(this::selected).toList();
    }

    private Stream<Key> selected(String pattern) {
        String name = section + "." + pattern;
        List<Key> keys = Metadata.ofRetrykit().stream()
                .filter(key -> pattern.endsWith("*")
                        ? key.name().startsWith(name.substring(0, name.length() - 1))
                        : key.name().equals(name))
                .toList();
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(page + ": no key is named " + name);
        }
        return keys.stream();
    }

    String content() {
        return row("key", "default", "meaning")
                + row("---", "---", "---")
                + keys().stream()
                        .map(key -> row("`" + relative(key) + "`", key.value(), meaning(key)))
                        .collect(Collectors.joining());
    }

    private String relative(Key key) {
        return key.name().substring(section.length() + 1);
    }

    /** The description without the default, which has its own column. */
    static String meaning(Key key) {
        return key.value().isEmpty()
                ? key.description()
                : key.description().replaceFirst("(?<=\\.) Default [^:]*$", "");
    }

    @Override
    public String toString() {
        return page + ", " + name();
    }
}
