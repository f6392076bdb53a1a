package dev.retrykit.spring.failure.http;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Converts the responses of Spring's HTTP clients. */
public final class SpringAnswers {

    private SpringAnswers() {}

    /**
     * Creates a response from a status and headers.
     *
     * @param headers null if unknown
     */
    public static Answer of(int status, @Nullable HttpHeaders headers) {
        if (headers == null) {
            return Answer.of(status);
        }
        return Answer.of(status, name -> {
            List<String> lines = headers.get(name);
            return lines == null ? List.of() : lines;
        });
    }
}
