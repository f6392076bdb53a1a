package dev.retrykit.failure.book;

import dev.retrykit.internal.book.MalformedLineException;
import java.util.List;

/** Thrown for an invalid line of a failure book. The message says what is wrong with it. */
public final class InvalidLineException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String word;
    private final transient List<String> known;

    InvalidLineException(MalformedLineException malformed) {
        super(malformed.getMessage());
        this.word = malformed.word();
        this.known = malformed.known();
    }

    /** The unknown word; empty for any other problem. */
    public String word() {
        return word;
    }

    /** The allowed words. */
    public List<String> known() {
        return known == null ? List.of() : known;
    }
}
