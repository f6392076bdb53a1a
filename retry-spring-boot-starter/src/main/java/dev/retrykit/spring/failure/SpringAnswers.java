package dev.retrykit.spring.failure;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Answers as Spring's clients have them. */
public final class SpringAnswers {

    private SpringAnswers() {}

    /**
     * One with a status and headers.
     *
     * @param headers null if they aren't known
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
