package dev.retrykit.internal.book;

import dev.retrykit.failure.Verdict;
import dev.retrykit.internal.foreign.FailureOrigin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The meanings of SQLStates (ISO 9075-2, table 38, and vendor-specific ones) and vendor codes. A code takes precedence
 * over a state. If the driver is unknown, a code counts only if it is large and no vendor uses it differently.
 */
public final class SqlCodes {

    private static final int SMALLEST_UNAMBIGUOUS = 1000;
    private static final int CLASS = 2;

    /** Read when the first database failure is judged. A failing class initializer would disable it permanently. */
    private static volatile @Nullable SqlCodes standard;

    private final Map<String, Verdict> states = new HashMap<>();
    private final Map<String, Verdict> prefixes = new HashMap<>();
    private final Map<String, Map<Long, Verdict>> codes = new HashMap<>();
    private final List<Line> lines = new ArrayList<>();

    private SqlCodes() {}

    public static SqlCodes standard() {
        SqlCodes known = standard;
        if (known == null) {
            known = read();
            standard = known;
        }
        return known;
    }

    private static SqlCodes read() {
        SqlCodes all = new SqlCodes();
        Chapter.read("sql.book", all::add);
        return all;
    }

    private void add(String heading, String text) {
        int colon = text.lastIndexOf(':');
        String meaning = text.substring(colon + 1).trim();
        String name = text.substring(0, colon).trim();
        Meaning known = Meaning.of(meaning);
        if (known == null) {
            throw new MalformedLineException("sql.book: '" + meaning + "' is not a meaning");
        }
        lines.add(new Line(heading, name, meaning, List.of(), List.of()));
        String[] words = name.split("\\s+");
        String[] values = words[words.length - 1].split("\\|");
        Verdict verdict = known.verdict("SQL " + name + ": " + meaning);
        for (String value : values) {
            if (words[0].equals("code")) {
                addCodes(codes.computeIfAbsent(words[1], driver -> new HashMap<>()), value, verdict);
            } else if (value.endsWith("*")) {
                prefixes.put(value.substring(0, value.length() - 1), verdict);
            } else {
                states.put(value, verdict);
            }
        }
    }

    /** Adds a code, or a range of codes with a hyphen between the first and the last. A negative code begins with one. */
    private static void addCodes(Map<Long, Verdict> known, String value, Verdict verdict) {
        int hyphen = value.indexOf('-', 1);
        long first = Long.parseLong(hyphen < 0 ? value : value.substring(0, hyphen));
        long last = hyphen < 0 ? first : Long.parseLong(value.substring(hyphen + 1));
        for (long code = first; code <= last; code++) {
            known.put(code, verdict);
        }
    }

    /** The lines about states and codes, for display. */
    public List<Line> lines() {
        return lines;
    }

    /** Returns what a code, a state, or a prefix longer than the state's class means; null if nothing is known. */
    @Nullable
    Verdict verdict(Throwable failure, String state, long code) {
        String driver = FailureOrigin.of(failure);
        Verdict told = driver == null ? null : ofCode(driver, code);
        if (told == null) {
            told = byState(state);
        }
        return told == null && driver == null ? ofAnyDriver(code) : told;
    }

    private @Nullable Verdict byState(String state) {
        Verdict exact = states.get(state);
        for (int length = state.length() - 1; exact == null && length > CLASS; length--) {
            exact = prefixes.get(state.substring(0, length));
        }
        return told(exact);
    }

    /** Returns what the class of a state, its first two characters, means; null if nothing is known. */
    @Nullable
    Verdict byClass(String state) {
        return state.length() < CLASS ? null : told(prefixes.get(state.substring(0, CLASS)));
    }

    private @Nullable Verdict ofCode(String driver, long code) {
        Map<Long, Verdict> known = codes.get(driver);
        return known == null ? null : told(known.get(code));
    }

    /** A value whose meaning is "pass" has no verdict. */
    private static @Nullable Verdict told(@Nullable Verdict verdict) {
        return verdict == null || verdict.kind() == Verdict.Kind.UNKNOWN ? null : verdict;
    }

    private @Nullable Verdict ofAnyDriver(long code) {
        Verdict common = null;
        for (Map<Long, Verdict> known : codes.values()) {
            Verdict verdict = code < SMALLEST_UNAMBIGUOUS && code >= 0 ? null : known.get(code);
            if (verdict != null && common != null && !verdict.equals(common)) {
                return null;
            }
            common = verdict == null ? common : verdict;
        }
        return common;
    }
}
