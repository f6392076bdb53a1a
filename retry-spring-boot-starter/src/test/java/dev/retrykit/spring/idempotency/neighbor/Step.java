package dev.retrykit.spring.idempotency.neighbor;

import java.util.EnumSet;
import java.util.Set;

/** What is tried on each handler, and the letter of it in the table. */
enum Step {
    FIRST('F', "first run"),
    REPEAT('R', "equal repeat"),
    CALLER('C', "other caller"),
    PAYLOAD('P', "other payload"),
    IN_FLIGHT('I', "repeat in flight"),
    FAILURE('X', "repeat after a failure"),
    REFUSAL('4', "repeat of an answered 4xx"),
    UNREADABLE('U', "body that can't be read again");

    /** Those of a handler whose callers are known. */
    static final Set<Step> ALL = EnumSet.complementOf(EnumSet.of(UNREADABLE));

    private final char letter;
    private final String title;

    Step(char letter, String title) {
        this.letter = letter;
        this.title = title;
    }

    char letter() {
        return letter;
    }

    String title() {
        return title;
    }
}
