package dev.retrykit.spring.settings.binding;

import dev.retrykit.failure.FailureClassifier;
import dev.retrykit.failure.book.FailureBook;
import dev.retrykit.failure.book.InvalidLineException;
import dev.retrykit.spring.settings.InvalidSettingException;
import dev.retrykit.spring.settings.MessageText;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and checks {@code retrykit.failures}, the application's own lines of the failure book. */
public final class FailureLines {

    private static final String SECTION = "retrykit.failures";
    private static final int LONGEST_REASON = 1_000;
    private static final Pattern NUMBERED = Pattern.compile("[0-9]+(\\..*)?");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9.]+");
    private static final String WILDCARD = "*";
    private static final String CLASS_RULE =
            "A key must be the full name of an exception class on the class path, or *. followed by"
                    + " a simple name, for all classes of that name that have the accessors of the line, or a package"
                    + " followed by .*, or * for all classes";
    private static final String BRACKETS =
            "Put a name with '$', '_' or '*' in brackets: \"[com.acme.Api$Exception]\", \"[*.ApiException]\"";
    private static final String QUOTES = "YAML splits a line in braces at its commas: put the whole line in quotes";
    private static final String ONE_TEXT =
            " takes one line of text, such as \"status(getCode), transient\", and neither a list nor keys below it";

    /** Meanings that do not ask for a retry. */
    private static final Set<String> NOT_RETRIED = Set.of("answered", "permanent", "neutral", "unknown-effect", "pass");

    private final ConfiguredSettings settings;
    private final @Nullable ClassLoader classLoader;
    private final Supplier<Instant> clock;
    private final Consumer<String> warn;
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final Map<String, String> shown = new HashMap<>();

    /** The keys of the lines, by binary name; also of those that are switched off. */
    private final Map<String, String> keys = new HashMap<>();

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
     * Reads the configured lines.
     *
     * @param classLoader finds the classes; null = the class loader of this library
     * @param clock the wall clock, for dates in headers
     * @param others classifiers for the causes of a failure and for the failures that it contains
     * @param warn receives problems that do not fail startup
     * @return null if no lines are configured
     * @throws InvalidSettingException for the first line that is invalid or names something that does not exist
     */
    public static @Nullable FailureBook read(
            ConfiguredSettings settings,
            @Nullable ClassLoader classLoader,
            Supplier<Instant> clock,
            List<FailureClassifier> others,
            Consumer<String> warn) {
        FailureLines reader = new FailureLines(settings, classLoader, clock, warn);
        settings.failures().forEach(reader::add);
        return reader.lines.isEmpty() ? null : FailureBook.of(reader.lines, reader.shown, clock, others);
    }

    private void add(String name, String text) {
        String key = key(name);
        if (name.contains(WILDCARD)) {
            add(key, name, text, null);
            warnOfPackage(key, name);
            return;
        }
        Class<?> type = FailureHints.find(name, classLoader);
        boolean possible = type == null || Throwable.class.isAssignableFrom(type) || type.isInterface();
        if (!possible || type != null && type.isAnnotation()) {
            throw settings.wrong(key, text, name + " is not an exception class. " + CLASS_RULE);
        }
        if (type != null) {
            add(key, type.getName(), text, type);
            warnOfNoEffect(key, type, text);
        } else if (isInjected(key, name)) {
            warnOf(key, name);
        } else {
            throw settings.wrong(key, text, missing(name, text));
        }
    }

    /** Why a name is not that of a class. */
    private String missing(String name, String text) {
        if (NUMBERED.matcher(name).matches()) {
            return SECTION + " takes the names of exception classes as keys, and is not a list";
        }
        String complaint = "class " + MessageText.quoted(name) + " does not exist. ";
        int dot = name.lastIndexOf('.');
        if (dot < 0) {
            return complaint + (text.isBlank() ? QUOTES : CLASS_RULE + ". " + BRACKETS);
        }
        String parent = name.substring(0, dot);
        boolean maybeNested = Character.isUpperCase(name.charAt(dot + 1));
        return complaint
                + (maybeNested || FailureHints.find(parent, classLoader) == null
                        ? CLASS_RULE + ". " + BRACKETS
                        : parent + ONE_TEXT);
    }

    private void add(String key, String binaryName, String text, @Nullable Class<?> type) {
        String other = keys.put(binaryName, key);
        if (other != null) {
            throw settings.wrong(
                    key,
                    text,
                    "two lines are configured for " + binaryName + ": the other is '" + other + "' ("
                            + settings.origin(other) + "). Remove one of them; to override a line, use the same key");
        }
        if (isOff(text)) {
            return;
        }
        String written = String.valueOf(settings.written(key, text));
        boolean secret = !written.equals(text);
        if (text.contains("${")) {
            throw settings.wrong(key, text, "the placeholder has no value");
        }
        lines.put(binaryName, text);
        shown.put(binaryName, written);
        FailureBook book = book(key, binaryName, text, secret);
        String missing = type == null ? null : book.missingAccessor(type);
        if (missing != null) {
            throw settings.wrong(
                    key,
                    text,
                    binaryName + " has no accessor "
                            + (secret ? "with the name from the placeholder" : MessageText.quoted(missing))
                            + ". An accessor must be a public method without arguments or a public field; the accessor"
                            + " of a label must be a public method that takes a String and returns a boolean");
        }
    }

    /** An empty line is more likely a mistake. */
    private static boolean isOff(String text) {
        return !text.isBlank() && LenientConversion.isOff(text);
    }

    /** Errors and interruptions are not retried, whatever a line says. */
    private void warnOfNoEffect(String key, Class<?> type, String text) {
        boolean interruption = InterruptedException.class.isAssignableFrom(type);
        if ((interruption || Error.class.isAssignableFrom(type))
                && !NOT_RETRIED.contains(text.trim())
                && !isOff(text)) {
            warn.accept(MessageText.quoted(key) + " (" + settings.origin(key) + ") retries no " + type.getName() + ": "
                    + (interruption
                            ? "an interruption is never retried. Remove the line."
                            : "an Error is only retried by a policy that names it under retry-on."));
        }
    }

    /** Nothing else would show that the name of the package is misspelled. */
    private void warnOfPackage(String key, String name) {
        String folder = name.replace('.', '/').replace(WILDCARD, "");
        if (name.endsWith("." + WILDCARD) && !exists(folder)) {
            warn.accept(MessageText.quoted(key) + " (" + settings.origin(key) + "): there is no package "
                    + MessageText.quoted(name.substring(0, name.length() - 2)) + " on the class path.");
        }
    }

    private boolean exists(String folder) {
        ClassLoader loader = classLoader == null ? FailureLines.class.getClassLoader() : classLoader;
        String name = folder.replace('/', '.');
        return loader.getResource(folder) != null
                || ModuleLayer.boot().modules().stream()
                        .flatMap(module -> module.getPackages().stream())
                        .anyMatch(one -> (one + ".").startsWith(name));
    }

    /** Parses a line. The value of a placeholder, and any message about it, may reveal a secret. */
    private FailureBook book(String key, String binaryName, String text, boolean secret) {
        try {
            return FailureBook.of(Map.of(binaryName, text), clock);
        } catch (InvalidLineException wrong) {
            String near = SpellingMatcher.nearest(wrong.word(), wrong.known()).orElse(null);
            throw settings.wrong(
                    key,
                    text,
                    secret
                            ? "with its placeholders resolved, it is not a valid line of the failure book"
                            : MessageText.line(reason(wrong, text), LONGEST_REASON)
                                    + (near == null ? "" : ". Did you mean " + MessageText.quoted(near) + "?"));
        }
    }

    private static String reason(InvalidLineException wrong, String text) {
        return text.isBlank()
                ? "the line is empty. To remove a line of another file, set it to off"
                : String.valueOf(wrong.getMessage());
    }

    /**
     * Whether an environment variable set this key. It cannot name a class with capital letters, and may have been
     * injected by an orchestrator.
     */
    private boolean isInjected(String key, String name) {
        return settings.isVariable(key) && name.chars().noneMatch(Character::isUpperCase);
    }

    /**
     * Warns unless the variable overrides a line from a file: in that case, Spring Boot returns its value under both
     * names.
     */
    private void warnOf(String key, String name) {
        boolean overrules = settings.failures().keySet().stream()
                .anyMatch(other -> !other.equals(name)
                        && SpellingMatcher.canonical(other).equals(SpellingMatcher.canonical(name)));
        if (!overrules) {
            warn.accept(MessageText.quoted(key) + " (" + settings.origin(key) + ") is not a known key. Class "
                    + MessageText.quoted(name)
                    + " does not exist, and an environment variable cannot express a name with capital letters:"
                    + " it can only override a line in a file.");
        }
    }

    /** The configuration key of the line for a class. */
    public static String key(String type) {
        return SECTION + "." + (PLAIN.matcher(type).matches() ? type : "[" + type + "]");
    }
}
