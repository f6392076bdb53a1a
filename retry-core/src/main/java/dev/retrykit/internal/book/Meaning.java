package dev.retrykit.internal.book;

import dev.retrykit.failure.Signal;
import dev.retrykit.failure.Verdict;
import dev.retrykit.failure.Verdict.Kind;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The possible meanings of a failure, in the words of a line. */
enum Meaning {

    /** A retry can help. */
    TRANSIENT("transient", Kind.RETRYABLE, Signal.FAILURE),

    /** A retry can help, and the dependency asks for fewer calls. */
    THROTTLED("throttled", Kind.RETRYABLE, Signal.THROTTLED),

    /** Permanent, but the dependency works: for example, not found or a duplicate key. */
    ANSWERED("answered", Kind.NOT_RETRYABLE, Signal.SUCCESS),

    /** Permanent, and a failure of the dependency. */
    PERMANENT("permanent", Kind.NOT_RETRYABLE, Signal.FAILURE),

    /** Permanent, and not caused by the dependency: credentials, a full local pool, an error of the caller. */
    NEUTRAL("neutral", Kind.NOT_RETRYABLE, Signal.NONE),

    /** The attempt may have had its effect. */
    UNKNOWN_EFFECT("unknown-effect", Kind.NOT_IDEMPOTENT, Signal.FAILURE),

    /** No meaning; the lines of superclasses are skipped. */
    PASS("pass", Kind.UNKNOWN, Signal.FAILURE);

    private final String word;
    private final Verdict verdict;

    Meaning(String word, Kind kind, Signal signal) {
        this.word = word;
        this.verdict = Verdict.of(kind, signal);
    }

    /** The verdict with this meaning, decided by a line. */
    Verdict verdict(String rule) {
        return verdict.by(rule);
    }

    String word() {
        return word;
    }

    /** The meaning of a word; null if it has none. */
    static @Nullable Meaning of(String word) {
        for (Meaning meaning : values()) {
            if (meaning.word.equals(word)) {
                return meaning;
            }
        }
        return null;
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Meaning::word).toList();
    }
}
