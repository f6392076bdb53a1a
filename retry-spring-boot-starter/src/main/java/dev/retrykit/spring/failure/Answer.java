package dev.retrykit.spring.failure;

import dev.retrykit.http.HeaderLines;
import java.util.List;

/**
 * What a server answered, as far as it says whether to try again.
 *
 * @param status the status
 * @param headers the headers
 * @param expected whether, if it says when to come back, it is transient whatever its status means by itself
 */
public record Answer(int status, HeaderLines headers, boolean expected) {

    /** One whose headers aren't known. */
    public static Answer of(int status) {
        return of(status, name -> List.of());
    }

    /** One that means what its status means. */
    public static Answer of(int status, HeaderLines headers) {
        return new Answer(status, headers, false);
    }

    /** One whose sender knows that it is transient. */
    public Answer asExpected() {
        return new Answer(status, headers, true);
    }

    /** What an attempt returns that knows the answer. */
    public interface Holder {

        /** The answer. */
        Answer answer();
    }
}
