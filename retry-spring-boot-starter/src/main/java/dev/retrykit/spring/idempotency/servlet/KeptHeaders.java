package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.store.Answer;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The headers of an answer that are given again. What filters around have set isn't among them: they set it again for a
 * repeat, and some set nothing if it is there already.
 */
final class KeptHeaders {

    private final HttpServletResponse response;
    private final List<String> names;
    private final Map<String, List<String>> others;
    private Map<String, List<String>> left = Map.of();
    private @Nullable String language;

    /**
     * What is there now is others'.
     *
     * @param names those that may be given again
     */
    KeptHeaders(HttpServletResponse response, List<String> names) {
        this.response = response;
        this.names = names;
        this.others = current();
    }

    /** What is there now isn't others', but what will be added before {@link #comeBack}. */
    void leave() {
        left = current();
    }

    /** What has changed in the meantime is others'. */
    void comeBack() {
        current().forEach((name, values) -> {
            if (!values.equals(left.get(name))) {
                others.put(name, values);
            }
        });
    }

    /** A container makes a header of a locale when it commits. */
    void language(@Nullable String tag) {
        language = tag;
    }

    /** The final values of each header that isn't as others left it. */
    List<Answer.Header> kept() {
        List<Answer.Header> kept = new ArrayList<>();
        current().forEach((name, values) -> {
            if (!values.equals(others.get(name))) {
                values.forEach(value -> kept.add(new Answer.Header(name, value)));
            }
        });
        return kept;
    }

    private Map<String, List<String>> current() {
        Map<String, List<String>> values = new HashMap<>();
        for (String name : names) {
            List<String> present = values(name);
            if (!present.isEmpty()) {
                values.put(name, present);
            }
        }
        return values;
    }

    private List<String> values(String name) {
        if (name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
            String type = response.getContentType();
            return type == null ? List.of() : List.of(type);
        }
        List<String> values = List.copyOf(response.getHeaders(name));
        boolean isLocale = values.isEmpty() && name.equalsIgnoreCase(HttpHeaders.CONTENT_LANGUAGE) && language != null;
        return isLocale ? List.of(language) : values;
    }
}
