package dev.retrykit.internal.book;

import java.util.Collection;
import java.util.List;

/** Thrown for an invalid line. The books of users turn it into an exception of the API. */
public final class MalformedLineException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String word;
    private final transient List<String> known;

    MalformedLineException(String problem) {
        this(problem, "", List.of());
    }

    /**
     * Creates the exception for a word that is not one of several allowed words.
     *
     * @param word the unknown word
     * @param known the allowed words
     */
    MalformedLineException(String problem, String word, Collection<String> known) {
        super(problem);
        this.word = word;
        this.known = List.copyOf(known);
    }

    /** The unknown word; empty for any other problem. */
    public String word() {
        return word;
    }

    /** The allowed words. */
    public List<String> known() {
        return known;
    }
}
