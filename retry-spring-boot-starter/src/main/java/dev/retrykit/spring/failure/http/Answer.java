package dev.retrykit.spring.failure.http;

import dev.retrykit.http.HeaderLines;
import java.util.List;

/**
 * The parts of a server's response that determine whether to retry.
 *
 * @param status the status
 * @param headers the headers
 * @param expected whether the response is transient if it has a Retry-After, regardless of its status
 */
public record Answer(int status, HeaderLines headers, boolean expected) {

    /** Creates a response whose headers are unknown. */
    public static Answer of(int status) {
        return of(status, name -> List.of());
    }

    /** Creates a response that is classified by its status. */
    public static Answer of(int status, HeaderLines headers) {
        return new Answer(status, headers, false);
    }

    /** Returns a copy for a response that is known to be transient. */
    public Answer asExpected() {
        return new Answer(status, headers, true);
    }

    /** A returned value that knows the response. */
    public interface Holder {

        /** The response. */
        Answer answer();
    }
}
