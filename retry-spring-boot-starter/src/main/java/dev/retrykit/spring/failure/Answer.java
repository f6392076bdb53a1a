package dev.retrykit.spring.failure;

import dev.retrykit.http.HeaderLines;
import java.util.List;

/**
 * What a server answered, as far as it says whether to try again.
 *
 * @param status the status
 * @param headers the headers
 */
public record Answer(int status, HeaderLines headers) {

    /** One whose headers aren't known. */
    public static Answer of(int status) {
        return new Answer(status, name -> List.of());
    }
}
