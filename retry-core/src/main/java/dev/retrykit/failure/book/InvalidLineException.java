package dev.retrykit.failure.book;

import java.util.Collection;
import java.util.List;

/** A line of a failure book can't be read. The message says what is wrong with it. */
public final class InvalidLineException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String word;
    private final transient List<String> known;

    InvalidLineException(String problem) {
        this(problem, "", List.of());
    }

    /**
     * Something that has to be one of several words is none of them.
     *
     * @param word what it is
     * @param known what it can be
     */
    InvalidLineException(String problem, String word, Collection<String> known) {
        super(problem);
        this.word = word;
        this.known = List.copyOf(known);
    }

    /** The word that isn't known; empty if the problem is another one. */
    public String word() {
        return word;
    }

    /** What can stand in its place. */
    public List<String> known() {
        return known == null ? List.of() : known;
    }
}
