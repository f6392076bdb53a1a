package dev.retrykit.spring.idempotency.endpoint.content;

import dev.retrykit.spring.idempotency.store.Answer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;

/** Writes the headers of a replayed response. */
public final class KeptHeaders {

    private KeptHeaders() {}

    /**
     * Writes the stored headers. The stored values are all that the response had, including those set earlier by
     * filters.
     *
     * @param set replaces the values of a header
     * @param add adds a value to a header
     */
    public static void write(Answer answer, BiConsumer<String, String> set, BiConsumer<String, String> add) {
        Set<String> written = new HashSet<>();
        for (Answer.Header header : answer.headers()) {
            boolean isFirst = written.add(header.name().toLowerCase(Locale.ROOT));
            (isFirst ? set : add).accept(header.name(), header.value());
        }
    }
}
