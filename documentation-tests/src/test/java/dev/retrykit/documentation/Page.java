package dev.retrykit.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param path relative to the root of the repository
 */
record Page(Path path, String text) {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_OURS = Set.of("target", ".git", "src");
    private static final Pattern FENCE =
            Pattern.compile("^( *)```(\\w*)[^\\n]*\\n(.*?)^ *```\\s*$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern TABLE = Pattern.compile("(?:^\\|.*\\R?)+", Pattern.MULTILINE);
    private static final Pattern GENERATED = Pattern.compile("<!-- generated: .*?<!-- end -->", Pattern.DOTALL);

    static Page of(String path) {
        try {
            return new Page(Path.of(path), Files.readString(ROOT.resolve(path)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static List<Page> all() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .map(ROOT::relativize)
                    .filter(file -> Stream.iterate(file, part -> part != null, Path::getParent)
                            .noneMatch(
                                    part -> NOT_OURS.contains(part.getFileName().toString())))
                    .sorted()
                    .map(file -> of(file.toString()))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The blocks between fences of this language, in their order. */
    List<Snippet> snippets(String language) {
        List<Snippet> snippets = new ArrayList<>();
        Matcher fence = FENCE.matcher(text);
        while (fence.find()) {
            if (fence.group(2).equals(language)) {
                int line = (int) text.substring(0, fence.start(3)).lines().count() + 1;
                snippets.add(new Snippet(this, line, fence.group(3).stripIndent()));
            }
        }
        return snippets;
    }

    /** The tables, each a list of its lines. */
    List<List<String>> tables() {
        return TABLE.matcher(FENCE.matcher(text).replaceAll(""))
                .results()
                .map(table -> table.group().lines().toList())
                .toList();
    }

    /** This page without its generated blocks. */
    Page byHand() {
        return new Page(path, GENERATED.matcher(text).replaceAll(""));
    }

    /** Without code: neither links nor headings are looked for in it. */
    String prose() {
        return FENCE.matcher(text).replaceAll("").replaceAll("`[^`\n]*`", "`code`");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
