package dev.retrykit.spring.idempotency.endpoint;

import dev.retrykit.spring.idempotency.store.Answer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;

/** Headers of an answer that is given again. */
public final class KeptHeaders {

    private KeptHeaders() {}

    /**
     * Gives them again. The kept values are all that the answer had, those that filters had set before included.
     *
     * @param set takes the place of the values that a header has
     * @param add adds a value to them
     */
    public static void write(Answer answer, BiConsumer<String, String> set, BiConsumer<String, String> add) {
        Set<String> written = new HashSet<>();
        for (Answer.Header header : answer.headers()) {
            boolean isFirst = written.add(header.name().toLowerCase(Locale.ROOT));
            (isFirst ? set : add).accept(header.name(), header.value());
        }
    }
}
