package dev.retrykit.documentation;

import dev.retrykit.failure.book.BookLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Renders the failure book in words: a table for each library. */
final class FailurePage {

    private static final Pattern CLAUSE = Pattern.compile("([a-z-]+)(?:\\(([^()]*)\\))?(?: ?= ?(\\S+))?(?:, |$)");

    private FailurePage() {}

    static String of(List<BookLine> lines) {
        Map<String, List<BookLine>> libraries = new LinkedHashMap<>();
        lines.forEach(line -> libraries
                .computeIfAbsent(line.heading(), heading -> new ArrayList<>())
                .add(line));
        return libraries.entrySet().stream()
                .map(library -> "\n### " + library.getKey() + "\n\n| failure | means |\n| --- | --- |\n"
                        + library.getValue().stream().map(FailurePage::row).collect(Collectors.joining()))
                .collect(Collectors.joining());
    }

    /** The failures with an unknown effect, by library. */
    static String ofUnknownEffects(List<BookLine> lines) {
        Map<String, List<BookLine>> libraries = new LinkedHashMap<>();
        lines.stream()
                .filter(line -> line.text().matches(".*\\bunknown-effect\\b.*"))
                .forEach(line -> libraries
                        .computeIfAbsent(line.heading(), heading -> new ArrayList<>())
                        .add(line));
        return "| library | failure |\n| --- | --- |\n"
                + libraries.entrySet().stream()
                        .map(library -> "| " + library.getKey() + " | "
                                + library.getValue().stream()
                                        .map(line ->
                                                "`" + shortened(line.type()).replace("|", "`, `") + "`")
                                        .distinct()
                                        .collect(Collectors.joining(", "))
                                + " |\n")
                        .collect(Collectors.joining());
    }

    /** The SQLStates that the book lists, by meaning. */
    static String ofSqlStates(List<BookLine> lines) {
        Map<String, List<String>> meanings = new LinkedHashMap<>();
        lines.stream()
                .filter(line -> line.type().startsWith("state "))
                .forEach(line -> meanings.computeIfAbsent(line.text(), meaning -> new ArrayList<>())
                        .addAll(List.of(line.type().substring("state ".length()).split("\\|"))));
        return "| SQLState | means |\n| --- | --- |\n"
                + meanings.entrySet().stream()
                        .map(meaning -> "| "
                                + meaning.getValue().stream()
                                        .sorted()
                                        .distinct()
                                        .collect(Collectors.joining(", "))
                                + " | " + meaning.getKey() + " |\n")
                        .collect(Collectors.joining());
    }

    private static String shortened(String type) {
        return type.contains(" ")
                ? type
                : type.substring(type.lastIndexOf('.') + 1).replace('$', '.');
    }

    private static String row(BookLine line) {
        boolean itself = line.type().startsWith("=");
        String type = line.type().substring(itself ? 1 : 0);
        return "| `" + type.replace("|", "`, `") + "`" + (itself ? " itself" : "") + " | "
                + meaning(line.text()).replace("|", "\\|") + " |\n";
    }

    private static String meaning(String text) {
        Set<String> deciding = new LinkedHashSet<>();
        Set<String> changing = new LinkedHashSet<>();
        Matcher clause = CLAUSE.matcher(text);
        while (clause.find() && !clause.group().isEmpty()) {
            String words = words(clause.group(1), clause.group(2), clause.group(3));
            (isChange(clause.group(1)) ? changing : deciding).add(words);
        }
        List<String> all = new ArrayList<>();
        if (!deciding.isEmpty()) {
            all.add(String.join("; otherwise ", deciding));
        }
        all.addAll(changing);
        return String.join(". ", all);
    }

    private static boolean isChange(String name) {
        return List.of("method", "unsafe", "retry-after", "headers", "attempts", "retried", "commit")
                .contains(name);
    }

    private static String words(String name, String arguments, String result) {
        String where = result == null ? "" : result + " if ";
        return switch (name) {
            case "status" -> "by HTTP status" + (arguments.matches(".*[, ].*") ? " and headers" : "");
            case "flag" -> (result == null ? "transient" : result) + " if `" + arguments + "`";
            case "code" -> where + coded(arguments, " is ");
            case "label" -> where + "it has the label " + values(arguments.substring(arguments.indexOf(':') + 1));
            case "word" -> where + "the message begins with " + values(arguments);
            case "says" -> where + "the message contains " + values(arguments);
            case "ends" -> where + "the class name ends with " + values(arguments);
            case "thrown-in" -> where + "it is thrown by " + values(arguments);
            case "failures" -> "by the failures that it contains";
            case "sql" -> "by vendor code and SQLState";
            case "sql-class" -> "by the class of the SQLState";
            case "cause" -> "by its cause";
            case "pass" -> "by its cause, or unknown";
            case "unsafe", "method" -> "A POST or PATCH that may have been processed isn't repeated";
            case "retry-after" -> "Waits as long as `" + arguments.split("[ ,]")[0] + "` says";
            case "headers" -> "Waits as long as its headers say";
            case "attempts" -> "`NESTED` if `" + arguments + "` is above 1";
            case "retried" -> "`NESTED`";
            case "commit" -> "A failed commit isn't repeated";
            default -> name;
        };
    }

    private static String coded(String arguments, String is) {
        int colon = arguments.indexOf(':');
        return "`" + arguments.substring(0, colon).trim() + "`" + is + values(arguments.substring(colon + 1));
    }

    private static String values(String values) {
        return Pattern.compile("\\|")
                .splitAsStream(values)
                .map(value -> "`" + value.trim() + "`")
                .collect(Collectors.joining(", "));
    }
}
