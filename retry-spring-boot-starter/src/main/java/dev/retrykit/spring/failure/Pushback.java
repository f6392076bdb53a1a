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
 * The pushback in a server's trailers. A number in {@code grpc-retry-pushback-ms}, or a {@code google.rpc.RetryInfo} in
 * {@code grpc-status-details-bin}, is a delay; of several, the longest applies. Any other value of
 * {@code grpc-retry-pushback-ms} is a veto.
 *
 * @param advice the meaning of the trailers
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

    /** Whether the server demands not to retry. */
    boolean isVeto() {
        return advice.vetoed();
    }

    /** The delay that the server asks for, limited to the longest that can be represented; null if there is none. */
    @Nullable
    Duration delay() {
        return isVeto() || advice.delayNanos() == Verdict.NO_HINT ? null : Duration.ofNanos(advice.delayNanos());
    }
}
