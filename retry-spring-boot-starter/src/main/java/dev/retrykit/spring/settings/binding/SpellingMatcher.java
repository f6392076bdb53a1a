package dev.retrykit.spring.settings.binding;

import dev.retrykit.spring.settings.MessageText;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares names as users write them: ignoring case, {@code -} and {@code _}. */
public final class SpellingMatcher {

    private static final int SHOWN = 20;

    private SpellingMatcher() {}

    /** The form that all spellings of a name share. */
    public static String canonical(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Converts {@code maxDelay} to {@code max-delay}. */
    static String kebab(String camelCase) {
        return camelCase.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    /** Finds the candidate that a misspelled name most likely means; empty if none is similar. */
    public static Optional<String> nearest(String name, Collection<String> candidates) {
        String wanted = canonical(name);
        int limit = Math.min(Math.max(2, wanted.length() / 3), wanted.length() - 1);
        return candidates.stream()
                .filter(candidate ->
                        Math.abs(wanted.length() - canonical(candidate).length()) <= limit)
                .filter(candidate -> distance(wanted, canonical(candidate)) <= limit)
                .min(Comparator.comparingInt((String candidate) -> distance(wanted, canonical(candidate)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Suggests the most similar candidate ("Did you mean …?"), or lists the known names. */
    public static String suggestion(String name, Collection<String> candidates) {
        @Nullable String near = nearest(name, candidates).orElse(null);
        if (near != null) {
            return "Did you mean " + MessageText.quoted(near) + "?";
        }
        if (candidates.isEmpty()) {
            return "Known names: none.";
        }
        String shown = candidates.stream()
                .sorted()
                .limit(SHOWN)
                .map(MessageText::quoted)
                .collect(Collectors.joining(", "));
        return "Known names: " + shown + (candidates.size() > SHOWN ? " and more." : ".");
    }

    /** The Levenshtein distance; quadratic, since names are short. */
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
