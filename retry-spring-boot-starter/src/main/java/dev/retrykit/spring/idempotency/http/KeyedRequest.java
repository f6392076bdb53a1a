package dev.retrykit.spring.idempotency.http;

import dev.retrykit.spring.idempotency.HeldClaim;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * A request with a key, before its caller was let through.
 *
 * @param endpoint whose it is
 * @param key its key
 * @param route the endpoint's HTTP method and pattern
 * @param fingerprint what it consists of
 */
public record KeyedRequest(Endpoint endpoint, String key, String route, String fingerprint) {

    /** Whether a controller's method is the one that answers it. */
    public boolean isFor(Method method) {
        return endpoint.isOf(method);
    }

    /**
     * Decides about it, once its caller may make it.
     *
     * @param caller the name of the principal; null if nobody is known
     * @param arguments what the method is called with
     * @return the claim; null if the request runs without one, because the store is down and it may
     * @throws RefusedException if it isn't carried out
     */
    public @Nullable HeldClaim open(@Nullable String caller, @Nullable Object[] arguments) {
        return endpoint.open(this, caller, arguments);
    }
}
