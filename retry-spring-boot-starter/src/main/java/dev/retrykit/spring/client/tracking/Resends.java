package dev.retrykit.spring.client.tracking;

import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Decides on the one immediate resend of a request whose pooled connection turned out to be stale before any byte of a
 * response. It is part of the attempt: it costs no token, and circuits do not count it.
 */
public final class Resends {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    /** RFC 9110, section 9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE");

    private Resends() {}

    /**
     * Whether a request that was lost with a stale connection is sent again.
     *
     * @param exchange the tracker of the request; null if it has none
     */
    public static boolean allows(String method, @Nullable RequestTracker exchange) {
        return (IDEMPOTENT.contains(method) || exchange != null && exchange.isUnsent())
                && (exchange == null || exchange.hasTimeLeft())
                && !Thread.currentThread().isInterrupted();
    }

    /**
     * Whether the body of the request is the same when it is sent again. Logs the decision.
     *
     * @param repeatable performs the check
     */
    public static boolean repeats(String method, Throwable failure, BooleanSupplier repeatable) {
        boolean repeats = repeatable.getAsBoolean();
        if (LOG.isDebugEnabled()) {
            String what = repeats
                    ? "The request is sent again on another connection, as part of the same attempt."
                    : "The request is not sent again, because its body cannot be written again or would differ."
                            + " Replace an iterator or a stream by a list.";
            LOG.debug("The pooled connection of the " + method + " request was stale (" + failure + "). " + what);
        }
        return repeats;
    }
}
