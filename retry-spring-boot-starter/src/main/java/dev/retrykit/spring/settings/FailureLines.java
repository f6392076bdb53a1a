package dev.retrykit.spring.settings;

import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.failure.book.InvalidLineException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and checks {@code retrykit.failures}, the application's own lines of the failure book. */
public final class FailureLines {

    private static final String SECTION = "retrykit.failures";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9.]+");
    private static final String ANY_PACKAGE = "*.";
    private static final String CLASS_RULE =
            "a key must be the full name of an exception class on the class path, or *. and"
                    + " a simple name for all classes of that name that have the accessors of the line";
    private static final String BRACKETS =
            "A name with '$' or '*' stands in brackets: \"[com.acme.Api$Exception]\", \"[*.ApiException]\"";

    private final ConfiguredSettings settings;
    private final @Nullable ClassLoader classLoader;
    private final Supplier<Instant> clock;
    private final Consumer<String> warn;
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final Map<String, String> shown = new HashMap<>();

    private FailureLines(
            ConfiguredSettings settings,
            @Nullable ClassLoader classLoader,
            Supplier<Instant> clock,
            Consumer<String> warn) {
        this.settings = settings;
        this.classLoader = classLoader;
        this.clock = clock;
        this.warn = warn;
    }

    /**
     * The lines.
     *
     * @param classLoader finds the classes; null = that of this library
     * @param clock the wall clock, for dates in headers
     * @param warn takes what is not wrong enough to stop the start
     * @return null if there are none
     * @throws InvalidSettingException for the first line that can't be read, or that names what doesn't exist
     */
    public static @Nullable FailureBook read(
            ConfiguredSettings settings,
            @Nullable ClassLoader classLoader,
            Supplier<Instant> clock,
            Consumer<String> warn) {
        FailureLines reader = new FailureLines(settings, classLoader, clock, warn);
        settings.failures().forEach(reader::add);
        return reader.lines.isEmpty() ? null : FailureBook.of(reader.lines, reader.shown, clock);
    }

    private void add(String name, String text) {
        String key = key(name);
        if (name.startsWith(ANY_PACKAGE)) {
            add(key, name, text, null);
            return;
        }
        Class<?> type = FailureHints.find(name, classLoader);
        if (type != null && !Throwable.class.isAssignableFrom(type) && !type.isInterface()) {
            throw settings.wrong(key, text, name + " is no exception: " + CLASS_RULE);
        }
        if (type != null) {
            add(key, type.getName(), text, type);
        } else if (isInjected(key, name)) {
            warnOf(key, name);
        } else {
            throw settings.wrong(
                    key, text, "there is no class " + MessageText.quoted(name) + ": " + CLASS_RULE + ". " + BRACKETS);
        }
    }

    private void add(String key, String binaryName, String text, @Nullable Class<?> type) {
        String written = String.valueOf(settings.written(key, text));
        boolean secret = !written.equals(text);
        if (lines.put(binaryName, text) != null) {
            throw settings.wrong(key, text, "there are two lines about " + binaryName);
        }
        shown.put(binaryName, written);
        FailureBook book = book(key, binaryName, text, secret);
        String missing = type == null ? null : book.missingAccessor(type);
        if (missing != null) {
            throw settings.wrong(
                    key,
                    text,
                    binaryName + " lacks " + (secret ? "an accessor that is filled in" : MessageText.quoted(missing))
                            + ": an accessor must be a public method without arguments or a public field, and that of a"
                            + " label a public method that takes a text and tells true or false");
        }
    }

    /** What was filled in for a placeholder may be somebody's secret, and so may be what the reader says of it. */
    private FailureBook book(String key, String binaryName, String text, boolean secret) {
        try {
            return FailureBook.of(Map.of(binaryName, text), clock);
        } catch (InvalidLineException wrong) {
            String near = SpellingMatcher.nearest(wrong.word(), wrong.known()).orElse(null);
            throw settings.wrong(
                    key,
                    text,
                    secret
                            ? "with what is filled in, it is no line of the failure book"
                            : wrong.getMessage()
                                    + (near == null ? "" : ". Did you mean " + MessageText.quoted(near) + "?"));
        }
    }

    /** Whether an environment variable named it: it can't name a class with capitals, and an orchestrator may have set it. */
    private boolean isInjected(String key, String name) {
        return settings.isVariable(key) && name.chars().noneMatch(Character::isUpperCase);
    }

    /** A variable may also overrule a line that a file has: then Spring Boot gives its value under both names. */
    private void warnOf(String key, String name) {
        boolean overrules = settings.failures().keySet().stream()
                .anyMatch(other -> !other.equals(name)
                        && SpellingMatcher.canonical(other).equals(SpellingMatcher.canonical(name)));
        if (!overrules) {
            warn.accept(
                    MessageText.quoted(key) + " (" + settings.origin(key) + ") is not a known key. There is no class "
                            + MessageText.quoted(name)
                            + ", and a variable can't express a name with capitals: it can only overrule a line of a file.");
        }
    }

    /** The key of the line about a class. */
    public static String key(String type) {
        return SECTION + "." + (PLAIN.matcher(type).matches() ? type : "[" + type + "]");
    }
}
