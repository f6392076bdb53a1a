package dev.retrykit.spring.client.transport;

import dev.retrykit.spring.client.tracking.ConnectionUse;
import dev.retrykit.spring.client.tracking.Resends;
import dev.retrykit.time.TimeSource;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.function.Resolver;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which pooled connections of HttpComponents may be stale. Once one was found stale, connections opened before
 * that moment are no longer taken from the pool.
 */
final class HttpComponentsPool {

    /** Number of resends if the pool cannot be told which connections to evict. */
    private static final int MOST_RESENDS = 100;

    private static final int MOST_ROUTES = 1000;

    /**
     * Start times of the requests that found a stale connection, in milliseconds of the wall clock, which pools use.
     */
    private final Map<HttpRoute, Long> deadSince = new ConcurrentHashMap<>();

    /** Whether the pool uses the resolver of this class; a customizer of the application may have replaced it. */
    private volatile boolean isAsked;

    /**
     * Returns a resolver that adds the limits of stale connections to the configuration of the pool's builder.
     *
     * @return null if the builder's own configuration cannot be read
     */
    @Nullable
    Resolver<HttpRoute, ConnectionConfig> resolver(Object builder) {
        try {
            Field field = builder.getClass().getDeclaredField("connectionConfigResolver");
            field.setAccessible(true);
            Object own = field.get(builder);
            return route -> resolve(route, own instanceof Resolver<?, ?> resolver ? resolver : null);
        } catch (ReflectiveOperationException | RuntimeException unreadable) {
            return null;
        }
    }

    private ConnectionConfig resolve(HttpRoute route, @Nullable Resolver<?, ?> resolver) {
        isAsked = true;
        ConnectionConfig own = own(route, resolver);
        Long since = deadSince.get(route);
        if (since == null) {
            return own;
        }
        TimeValue age = TimeValue.ofMilliseconds(Math.max(1, nowMillis() - since));
        TimeValue limit = own.getTimeToLive();
        return TimeValue.isPositive(limit) && limit.compareTo(age) <= 0
                ? own
                : ConnectionConfig.copy(own).setTimeToLive(age).build();
    }

    @SuppressWarnings("unchecked") // the builder declares this type
    private static ConnectionConfig own(HttpRoute route, @Nullable Resolver<?, ?> resolver) {
        ConnectionConfig own =
                resolver == null ? null : ((Resolver<HttpRoute, @Nullable ConnectionConfig>) resolver).resolve(route);
        return own == null ? ConnectionConfig.DEFAULT : own;
    }

    /**
     * Whether a request is sent again immediately because its connection was stale.
     *
     * @param executions how often the request was sent
     */
    boolean mayResend(String method, Throwable failure, int executions, HttpContext context) {
        HttpClientContext client = HttpClientContext.cast(context);
        EndpointDetails connection = client.getEndpointDetails();
        ConnectionUse use = HttpComponentsRedirects.use(context);
        boolean reused = connection != null && connection.getRequestCount() > 1;
        if (!reused || use == null || !use.isLostAtOnce(failure)) {
            return false;
        }
        found(client.getHttpRoute() instanceof HttpRoute route ? route : null, use);
        return executions <= (isAsked ? 1 : MOST_RESENDS)
                && Resends.allows(method, HttpComponentsRedirects.exchange(context))
                && Resends.repeats(method, failure, () -> HttpComponentsRetries.isRepeatable(context));
    }

    private void found(@Nullable HttpRoute route, ConnectionUse use) {
        if (route != null) {
            if (deadSince.size() >= MOST_ROUTES) {
                deadSince.clear();
            }
            deadSince.merge(route, nowMillis() - TimeUnit.NANOSECONDS.toMillis(use.ageNanos()), Math::max);
        }
    }

    private static long nowMillis() {
        return TimeSource.system().now().toEpochMilli();
    }
}
