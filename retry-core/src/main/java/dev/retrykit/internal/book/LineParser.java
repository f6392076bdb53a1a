package dev.retrykit.internal.book;

import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.book.Changes.Unit;
import dev.retrykit.internal.foreign.Labels;
import dev.retrykit.internal.foreign.PropertyPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses one line. An invalid line is rejected with the reason. */
final class LineParser {

    private static final List<String> NAMES = List.of(
            "status",
            "flag",
            "code",
            "label",
            "word",
            "says",
            "ends",
            "thrown-in",
            "failures",
            "sql",
            "sql-class",
            "cause",
            "method",
            "unsafe",
            "retry-after",
            "headers",
            "attempts",
            "retried",
            "commit");

    private static final Set<String> CHANGES =
            Set.of("method", "unsafe", "retry-after", "headers", "attempts", "retried", "commit");

    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z-]*");
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");
    private static final Pattern CLAUSE =
            Pattern.compile("([a-z][a-z-]*)\\s*(?:\\(([^()]*)\\))?\\s*(?:=\\s*(\\S.*))?", Pattern.DOTALL);

    private final String type;
    private final String text;
    private final String shown;
    private final List<Clause> clauses = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();

    /** The meaning that always applies, which ends the deciding clauses; null until it is found. */
    private @Nullable String always;

    private LineParser(String type, String text, String shown) {
        this.type = type;
        this.text = onOneLine(text);
        this.shown = onOneLine(shown);
    }

    /**
     * Parses a line.
     *
     * @param type the class that it is about
     * @param text its clauses
     * @param shown the text to show in place of the clauses
     * @throws MalformedLineException if the line is invalid
     */
    static Line parse(String heading, String type, String text, String shown) {
        if (!isType(type)) {
            throw new MalformedLineException("'" + type
                    + "' is neither the name of a class nor a pattern: patterns are *.Name, a package with .* at its end,"
                    + " and *");
        }
        LineParser parser = new LineParser(type, text, shown);
        for (String clause : split(parser.text)) {
            parser.add(clause);
        }
        if (parser.type.startsWith(Line.ANY_PACKAGE)
                && new Line("", type, "", parser.clauses, parser.changes)
                        .paths()
                        .isEmpty()) {
            throw new MalformedLineException(
                    "a line for all classes with a simple name must read an accessor that identifies them");
        }
        return new Line(heading, type, parser.shown, List.copyOf(parser.clauses), List.copyOf(parser.changes));
    }

    private static boolean isType(String type) {
        if (type.equals(Line.EVERY_CLASS)) {
            return true;
        }
        if (type.startsWith(Line.ANY_PACKAGE)) {
            String simpleName = type.substring(Line.ANY_PACKAGE.length());
            return PropertyPath.isPath(simpleName) && simpleName.indexOf('.') < 0;
        }
        String name = type.startsWith(Line.ITSELF) ? type.substring(Line.ITSELF.length()) : type;
        return PropertyPath.isPath(
                type.endsWith(Line.ANY_CLASS) ? type.substring(0, type.length() - Line.ANY_CLASS.length()) : name);
    }

    /** Text from a web page may have spaces of other kinds. */
    private static String onOneLine(String text) {
        return SPACE.matcher(text).replaceAll(" ").trim();
    }

    /** Splits at commas outside parentheses. */
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            depth += character == '(' ? 1 : character == ')' ? -1 : 0;
            if (depth < 0 || depth > 1) {
                throw new MalformedLineException("the parentheses do not match");
            }
            if (character == ',' && depth == 0) {
                parts.add(text.substring(from, i).trim());
                from = i + 1;
            }
        }
        if (depth != 0) {
            throw new MalformedLineException("'" + text + "' has an unclosed parenthesis");
        }
        parts.add(text.substring(from).trim());
        return parts;
    }

    private void add(String clause) {
        Matcher matcher = CLAUSE.matcher(clause);
        if (!matcher.matches()) {
            throw noClause(clause);
        }
        String name = matcher.group(1);
        String arguments = matcher.group(2);
        String result = matcher.group(3);
        Meaning fixed = Meaning.of(name);
        require(
                always == null || name.equals("status") || CHANGES.contains(name),
                "'" + name + "' after '" + always + "' is never evaluated, because '" + always
                        + "' always applies: move '" + always + "' to the end");
        if (fixed != null) {
            always = name;
            require(arguments == null && result == null, "'" + name + "' takes no arguments");
            clauses.add(
                    fixed == Meaning.PASS
                            ? (failure, reading) -> Clause.PASS
                            : new Clauses.Fixed(fixed.verdict(rule())));
        } else if (NAMES.contains(name)) {
            addNamed(name, arguments == null ? "" : arguments.trim(), result);
        } else {
            throw unknown(name);
        }
    }

    private MalformedLineException noClause(String clause) {
        if (clause.isEmpty()) {
            return new MalformedLineException(text.isEmpty() ? "the line is empty" : "a clause is empty");
        }
        Matcher first = WORD.matcher(clause);
        return new MalformedLineException(
                "'" + clause + "' is not a clause: it must be a meaning (" + String.join(", ", Meaning.words())
                        + ") or have the form name(arguments) or name(arguments) = meaning",
                first.lookingAt() ? first.group().toLowerCase(Locale.ROOT) : "",
                known());
    }

    private static List<String> known() {
        List<String> known = new ArrayList<>(Meaning.words());
        known.addAll(NAMES);
        return known;
    }

    private static MalformedLineException unknown(String name) {
        return new MalformedLineException(
                "'" + name + "' is neither a meaning (" + String.join(", ", Meaning.words()) + ") nor a clause ("
                        + String.join(", ", NAMES) + ")",
                name,
                known());
    }

    private void addNamed(String name, String arguments, @Nullable String result) {
        boolean deciding = switch (name) {
            case "flag", "code", "label", "word", "says", "ends", "thrown-in" -> true;
            default -> false;
        };
        require(deciding || result == null, "'" + name + "' has a fixed meaning: remove the '=' after it");
        if (deciding) {
            clauses.add(deciding(name, arguments, verdict(name, result)));
            return;
        }
        switch (name) {
            case "status" -> {
                List<String> paths = list(arguments, name, 1, 2);
                clauses.add(
                        new Clauses.Status(path(paths.get(0)), paths.size() == 1 ? null : path(paths.get(1)), rule()));
            }
            case "failures" -> clauses.add(new NestedFailures(one(arguments, name)));
            case "sql" -> {
                List<String> paths = list(arguments, name, 2, 2);
                clauses.add(new Clauses.Sql(path(paths.get(0)), path(paths.get(1)), false));
            }
            case "sql-class" -> clauses.add(new Clauses.Sql(one(arguments, name), null, true));
            case "cause" -> {
                require(arguments.isEmpty(), "'cause' takes no arguments");
                clauses.add(new Clauses.Cause());
            }
            default -> changes.add(change(name, arguments));
        }
    }

    private Clause deciding(String name, String arguments, Verdict verdict) {
        return switch (name) {
            case "flag" -> new Clauses.Flag(one(arguments, name), verdict);
            case "code" -> {
                String[] parts = named(arguments, name);
                yield new Clauses.Code(path(parts[0]), CodeSet.of(words(parts[1], name)), verdict);
            }
            case "label" -> {
                String[] parts = named(arguments, name);
                yield new Clauses.Label(new Labels(parts[0]), words(parts[1], name), verdict);
            }
            case "word" -> new Clauses.Word(words(arguments, name), verdict);
            case "says" ->
                new Clauses.Says(
                        words(arguments, name).stream()
                                .map(word -> word.toLowerCase(Locale.ROOT))
                                .toList(),
                        verdict);
            case "ends" -> new Clauses.Ends(words(arguments, name), verdict);
            default -> new Clauses.ThrownIn(words(arguments, name), verdict);
        };
    }

    private boolean tellsMethod() {
        return changes.stream().anyMatch(Changes.Method.class::isInstance);
    }

    private Change change(String name, String arguments) {
        return switch (name) {
            case "method" -> new Changes.Method(one(arguments, name), !tellsMethod(), rule());
            case "unsafe" -> {
                require(arguments.isEmpty(), "'unsafe' takes no arguments");
                yield new Changes.Method(null, true, rule());
            }
            case "headers" -> new Changes.Headers(one(arguments, name), rule());
            case "attempts" -> new Changes.Attempts(one(arguments, name), rule());
            case "retried" -> {
                require(arguments.isEmpty(), "'retried' takes no arguments");
                yield new Changes.Attempts(null, rule());
            }
            case "commit" -> new Changes.Commit(one(arguments, name), rule());
            default -> {
                List<String> parts = list(arguments, name, 1, 2);
                yield new Changes.RetryAfterValue(
                        path(parts.get(0)), parts.size() == 1 ? Unit.SECONDS : unit(parts.get(1)));
            }
        };
    }

    private static Unit unit(String word) {
        Unit unit = Unit.of(word);
        if (unit == null) {
            List<String> units = Arrays.stream(Unit.values()).map(Unit::word).toList();
            throw new MalformedLineException(
                    "'" + word + "' is not a unit of time: it must be one of " + String.join(", ", units), word, units);
        }
        return unit;
    }

    private Verdict verdict(String name, @Nullable String result) {
        Meaning meaning = result == null ? Meaning.TRANSIENT : Meaning.of(result.trim());
        require(result != null || name.equals("flag"), "'" + name + "' needs a meaning after '='");
        if (meaning == null) {
            throw new MalformedLineException(
                    "'" + result + "' is not a meaning: it must be one of " + String.join(", ", Meaning.words()),
                    String.valueOf(result),
                    Meaning.words());
        }
        return meaning == Meaning.PASS ? Clause.PASS : meaning.verdict(rule());
    }

    private static PropertyPath path(String text) {
        require(
                PropertyPath.isPath(text),
                "'" + text + "' is not an accessor: it must be the name of a public method without arguments or of a"
                        + " public field, or several of them joined by dots");
        return PropertyPath.of(text);
    }

    private static PropertyPath one(String arguments, String name) {
        return path(list(arguments, name, 1, 1).get(0));
    }

    /** Splits arguments that are separated by spaces or commas. */
    private static List<String> list(String arguments, String name, int least, int most) {
        List<String> list = Arrays.stream(arguments.split("[,\\s]+"))
                .filter(argument -> !argument.isEmpty())
                .toList();
        require(
                list.size() >= least && list.size() <= most,
                "'" + name + "' takes " + (least == most ? least : least + " or " + most)
                        + (most == 1 ? " argument" : " arguments") + " in parentheses, not " + list.size());
        return list;
    }

    private static String[] named(String arguments, String name) {
        int colon = arguments.indexOf(':');
        require(colon > 0, "'" + name + "' must have the form " + name + "(accessor: A|B) = meaning");
        return new String[] {arguments.substring(0, colon).trim(), arguments.substring(colon + 1)};
    }

    private static List<String> words(String text, String name) {
        List<String> words = Arrays.stream(text.split("\\|"))
                .map(String::trim)
                .filter(word -> !word.isEmpty())
                .toList();
        require(!words.isEmpty(), "'" + name + "' has no values");
        return words;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new MalformedLineException(rule);
        }
    }

    private String rule() {
        return type + ": " + shown;
    }
}
