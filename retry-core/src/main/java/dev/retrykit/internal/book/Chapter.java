package dev.retrykit.internal.book;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/** Reads a text of headings in brackets, comments after {@code #}, and lines: {@code name: text}. */
final class Chapter {

    private static final String FOLDER = "/dev/retrykit/failure/book/";

    private Chapter() {}

    /**
     * Reads the lines of a resource.
     *
     * @param line takes a heading, and a line under it
     */
    static void read(String resource, BiConsumer<String, String> line) {
        try (InputStream stream = Chapter.class.getResourceAsStream(FOLDER + resource)) {
            if (stream == null) {
                throw new IllegalStateException("Chapter " + resource + " of the failure book is missing.");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
            String heading = "";
            for (String raw = reader.readLine(); raw != null; raw = reader.readLine()) {
                String text = withoutComment(raw);
                if (text.startsWith("[") && text.endsWith("]")) {
                    heading = text.substring(1, text.length() - 1).trim();
                } else if (!text.isEmpty()) {
                    line.accept(heading, text);
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Reads the lines of a chapter about classes, which are parsed when they are first needed. */
    static void addTo(List<Unparsed> lines, String resource) {
        read(resource, (heading, text) -> {
            int colon = text.indexOf(':');
            if (colon < 0) {
                throw new MalformedLineException(resource + ": '" + text + "' has no colon");
            }
            String clauses = text.substring(colon + 1).trim();
            lines.add(new Unparsed(heading, text.substring(0, colon).trim(), clauses, clauses));
        });
    }

    /**
     * A line as it is written.
     *
     * @param heading the library
     * @param type the class that it is about
     * @param text its clauses
     * @param shown the text to show in place of the clauses
     */
    record Unparsed(String heading, String type, String text, String shown) {

        Line parse() {
            return LineParser.parse(heading, type, text, shown);
        }
    }

    private static String withoutComment(String raw) {
        int comment = raw.startsWith("#") ? 0 : raw.indexOf(" #");
        return (comment < 0 ? raw : raw.substring(0, comment)).trim();
    }
}
