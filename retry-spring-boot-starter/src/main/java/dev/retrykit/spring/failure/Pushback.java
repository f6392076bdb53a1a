package dev.retrykit.spring.failure;

import io.grpc.Metadata;
import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the server asks for in the trailer {@code grpc-retry-pushback-ms}: to wait, or, by anything that isn't a number
 * of milliseconds, not to come again.
 *
 * @param text the trailer's value; null = it asks for nothing
 */
record Pushback(@Nullable String text) {

    private static final Metadata.Key<String> KEY =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,100}");
    private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE);

    static Pushback of(@Nullable Metadata trailers) {
        return new Pushback(trailers == null ? null : trailers.get(KEY));
    }

    /** The server says not to come again. */
    boolean isVeto() {
        return text != null && !MILLIS.matcher(text).matches();
    }

    /** The server says when to come again; a time beyond all counting is the longest there is. */
    @Nullable
    Duration delay() {
        return text == null || isVeto()
                ? null
                : Duration.ofMillis(new BigInteger(text).min(LONGEST).longValueExact());
    }
}
