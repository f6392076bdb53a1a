package dev.retrykit.spring.idempotency.endpoint.servlet;

import dev.retrykit.spring.idempotency.store.Answer;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A response that records which headers are set on it, by any thread. Headers set by outer filters are not recorded:
 * these filters set them again for a repeat, and some of them set nothing if the header is already there.
 */
class HeaderRecorder extends HttpServletResponseWrapper {

    private final Set<String> set = Collections.synchronizedSet(new TreeSet<>(String.CASE_INSENSITIVE_ORDER));
    private List<String> names = List.of();
    private boolean records;
    private volatile @Nullable String language;

    HeaderRecorder(HttpServletResponse response) {
        super(response);
    }

    /**
     * Starts recording.
     *
     * @param wanted the headers that may be replayed
     */
    void record(List<String> wanted) {
        names = wanted;
        records = true;
    }

    /** Returns the final values of each header that was set here and may be replayed. */
    List<Answer.Header> recorded() {
        List<Answer.Header> recorded = new ArrayList<>();
        for (String name : names) {
            if (set.contains(name)) {
                values(name).forEach(value -> recorded.add(new Answer.Header(name, value)));
            }
        }
        return recorded;
    }

    private List<String> values(String name) {
        if (name.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)) {
            String type = getContentType();
            return type == null ? List.of() : List.of(type);
        }
        List<String> values = List.copyOf(getHeaders(name));
        String tag = language;
        return values.isEmpty() && tag != null && name.equalsIgnoreCase(HttpHeaders.CONTENT_LANGUAGE)
                ? List.of(tag)
                : values;
    }

    private void set(String name) {
        if (records) {
            set.add(name);
        }
    }

    @Override
    public void reset() {
        super.reset();
        set.clear();
        language = null;
    }

    /** A container turns the locale into a header when it commits. */
    @Override
    public void setLocale(Locale locale) {
        super.setLocale(locale);
        set(HttpHeaders.CONTENT_LANGUAGE);
        language = locale.toLanguageTag();
    }

    @Override
    public void setHeader(String name, @Nullable String value) {
        set(name);
        super.setHeader(name, value);
    }

    @Override
    public void addHeader(String name, @Nullable String value) {
        set(name);
        super.addHeader(name, value);
    }

    @Override
    public void setDateHeader(String name, long date) {
        set(name);
        super.setDateHeader(name, date);
    }

    @Override
    public void addDateHeader(String name, long date) {
        set(name);
        super.addDateHeader(name, date);
    }

    @Override
    public void setIntHeader(String name, int value) {
        set(name);
        super.setIntHeader(name, value);
    }

    @Override
    public void addIntHeader(String name, int value) {
        set(name);
        super.addIntHeader(name, value);
    }

    @Override
    public void setContentType(@Nullable String type) {
        set(HttpHeaders.CONTENT_TYPE);
        super.setContentType(type);
    }

    @Override
    public void setCharacterEncoding(@Nullable String charset) {
        set(HttpHeaders.CONTENT_TYPE);
        super.setCharacterEncoding(charset);
    }
}
