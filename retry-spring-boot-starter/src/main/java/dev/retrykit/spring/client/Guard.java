package dev.retrykit.spring.client;

import dev.retrykit.Retry;
import java.net.URI;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A policy and a circuit for all requests to some hosts, or of an HTTP service group.
 *
 * @param host which hosts; null if it is for a group
 * @param group the group; null if it is for hosts
 * @param keys whether POST and PATCH get an idempotency key, as the settings are now
 * @param engines the engine for a host
 */
public record Guard(
        @Nullable HostPattern host, @Nullable String group, BooleanSupplier keys, Function<String, Retry> engines) {

    /** Whether it is for this request of a client, which is a group's or none's. */
    public boolean fits(URI uri, @Nullable String clientGroup) {
        return host == null ? group != null && group.equals(clientGroup) : host.matches(uri);
    }

    /** Whether POST and PATCH get an idempotency key, as the settings are now. */
    boolean sendsKeys() {
        return keys.getAsBoolean();
    }

    /** Whether a request may be sent again, as the settings are now. */
    public boolean retries(URI uri) {
        return engine(uri).policy().maxAttempts() > 1;
    }

    public Retry engine(URI uri) {
        String name = HostPattern.hostOf(uri);
        return engines.apply(name == null ? "" : name);
    }
}
