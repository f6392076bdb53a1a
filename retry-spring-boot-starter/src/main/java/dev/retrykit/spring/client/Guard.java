package dev.retrykit.spring.client;

import dev.retrykit.Retry;
import java.net.URI;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A policy and a circuit for all requests to a host pattern or an HTTP service group.
 *
 * @param fits whether the guard applies to a request, by its URI and the client's group, which may be null
 * @param keys whether POST and PATCH requests get an idempotency key under the current settings
 * @param engines returns the engine for a host
 */
public record Guard(BiPredicate<URI, @Nullable String> fits, BooleanSupplier keys, Function<String, Retry> engines) {

    /** Whether POST and PATCH requests get an idempotency key under the current settings. */
    boolean sendsKeys() {
        return keys.getAsBoolean();
    }

    /** Whether a request may be sent again under the current settings. */
    public boolean retries(URI uri) {
        return engine(uri).policy().maxAttempts() > 1;
    }

    public Retry engine(URI uri) {
        String name = HostPattern.hostOf(uri);
        return engines.apply(name == null ? "" : name);
    }
}
