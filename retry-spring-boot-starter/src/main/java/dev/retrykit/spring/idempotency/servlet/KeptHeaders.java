package dev.retrykit.spring.idempotency.servlet;

import dev.retrykit.spring.idempotency.store.Answer;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The headers of an answer that are given again: those that were set within the held response. What filters around set isn't
 * among them: they set it again for a repeat, and some set nothing if it is there already.
 */
final class KeptHeaders {

    private final HttpServletResponse response;
    private final List<String> names;
    private final Set<String> own = Collections.synchronizedSet(new TreeSet<>(String.CASE_INSENSITIVE_ORDER));
    private volatile @Nullable String language;

    /**
     * None yet.
     *
     * @param names those that may be given again
     */
    KeptHeaders(HttpServletResponse response, List<String> names) {
        this.response = response;
        this.names = names;
    }

    /** A header is set, by whatever method and thread. */
    void set(String name) {
        own.add(name);
    }

    /** A container makes a header of a locale when it commits. */
    void language(String tag) {
        set(HttpHeaders.CONTENT_LANGUAGE);
        language = tag;
    }

    /** All that was set is removed. */
    void reset() {
        own.clear();
        language = null;
    }

    /** The final values of each header that was set here. */
    List<Answer.Header> kept() {
        List<Answer.Header> kept = new ArrayList<>();
        for (String name : names) {
            if (own.contains(name)) {
                values(name).forEach(value -> kept.add(new Answer.Header(name, value)));
            }
        }
        return kept;
    }

    private List<String> values(String name) {
        if (name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
            String type = response.getContentType();
            return type == null ? List.of() : List.of(type);
        }
        List<String> values = List.copyOf(response.getHeaders(name));
        String tag = language;
        return values.isEmpty() && tag != null && name.equalsIgnoreCase(HttpHeaders.CONTENT_LANGUAGE)
                ? List.of(tag)
                : values;
    }
}
