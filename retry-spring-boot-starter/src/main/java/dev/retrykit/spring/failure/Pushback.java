package dev.retrykit.spring.failure;

import dev.retrykit.failure.Verdict;
import dev.retrykit.http.RetryAfter;
import io.grpc.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server asks for in its trailers: by {@code grpc-retry-pushback-ms} to wait, or, by anything that isn't a number
 * of milliseconds, not to come again; by a {@code google.rpc.RetryInfo} in {@code grpc-status-details-bin} to wait. Of
 * several times the longest counts.
 *
 * @param advice the trailers' meaning
 */
record Pushback(RetryAfter advice) {

    private static final String NAME = "grpc-retry-pushback-ms";
    private static final Metadata.Key<String> KEY = Metadata.Key.of(NAME, Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    static Pushback of(@Nullable Metadata trailers) {
        if (trailers == null) {
            return new Pushback(RetryAfter.none());
        }
        List<String> lines = all(trailers, KEY);
        RetryAfter pushback = lines.isEmpty()
                ? RetryAfter.none()
                : RetryAfter.read(name -> name.equals(NAME) ? lines : List.of(), Instant.EPOCH);
        long delay = pushback.delayNanos();
        for (byte[] details : all(trailers, DETAILS)) {
            delay = Math.max(delay, RetryInfo.delayNanos(details));
        }
        return new Pushback(new RetryAfter(delay, pushback.vetoed()));
    }

    private static <T> List<T> all(Metadata trailers, Metadata.Key<T> key) {
        Iterable<T> found = trailers.containsKey(key) ? trailers.getAll(key) : null;
        List<T> all = new ArrayList<>();
        if (found != null) {
            found.forEach(all::add);
        }
        return all;
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
