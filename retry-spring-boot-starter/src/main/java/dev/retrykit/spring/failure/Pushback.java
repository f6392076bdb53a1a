package dev.retrykit.spring.failure;

import dev.retrykit.failure.Verdict;
import dev.retrykit.http.RetryAdvice;
import io.grpc.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server asks for in the trailer {@code grpc-retry-pushback-ms}: to wait, or, by anything that isn't a number
 * of milliseconds, not to come again.
 *
 * @param advice the trailer's meaning, which is that of the header
 */
record Pushback(RetryAdvice advice) {

    private static final String NAME = "grpc-retry-pushback-ms";
    private static final Metadata.Key<String> KEY = Metadata.Key.of(NAME, Metadata.ASCII_STRING_MARSHALLER);

    static Pushback of(@Nullable Metadata trailers) {
        String text = trailers == null ? null : trailers.get(KEY);
        return new Pushback(
                text == null
                        ? RetryAdvice.none()
                        : RetryAdvice.read(name -> name.equals(NAME) ? List.of(text) : List.of(), Instant.EPOCH));
    }

    /** The server says not to come again. */
    boolean isVeto() {
        return advice.vetoed();
    }

    /** The server says when to come again; a time beyond all counting is the longest there is. */
    @Nullable
    Duration delay() {
        return isVeto() || advice.delayNanos() == Verdict.NO_HINT ? null : Duration.ofNanos(advice.delayNanos());
    }
}
