package dev.retrykit.spring.client;

import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The one immediate resend of a request whose pooled connection turned out to be dead before any byte of an answer. It is
 * part of the attempt: no token is paid for it, and no circuit hears of it.
 */
final class Resends {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    /** RFC 9110, section 9.2.2. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE");

    private Resends() {}

    /**
     * Whether a request that a dead connection lost is sent again.
     *
     * @param exchange what it is about; null if nothing is known
     */
    static boolean allows(String method, @Nullable RequestTracker exchange) {
        return (IDEMPOTENT.contains(method) || exchange != null && exchange.isUnsent())
                && (exchange == null || exchange.hasTimeLeft())
                && !Thread.currentThread().isInterrupted();
    }

    /**
     * Whether the body of a request that would be sent again is still the same. Says what becomes of the request.
     *
     * @param repeatable knows it
     */
    static boolean repeats(String method, Throwable failure, BooleanSupplier repeatable) {
        boolean repeats = repeatable.getAsBoolean();
        if (LOG.isDebugEnabled()) {
            String what = repeats
                    ? "The request is sent again on another connection, as part of the same attempt."
                    : "The request isn't sent again, because its body can't be written again or differs then. Make a list"
                            + " of an iterator or a stream.";
            LOG.debug("The pooled connection of a " + method + " request was dead (" + failure + "). " + what);
        }
        return repeats;
    }
}
