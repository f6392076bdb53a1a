package dev.retrykit.spring.client;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.http.HttpMethod;

/** Warns about guarded requests that make only one attempt because their body is too large to be held in memory. */
public final class LargeBodies {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    /** Limits the warnings of a client that calls many hosts. */
    private static final int MOST_HOSTS = 100;

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private LargeBodies() {}

    /**
     * Logs a warning, once per host.
     *
     * @param size size of the body in bytes, -1 if unknown
     * @param limit largest body that is held, in bytes
     */
    public static void warn(HttpMethod method, URI uri, long size, long limit) {
        String host = String.valueOf(uri.getHost() == null ? HostPattern.hostOf(uri) : uri.getHost());
        if (WARNED.size() < MOST_HOSTS && WARNED.add(host)) {
            LOG.warn("The body of " + method + " " + host + (size < 0 ? "" : ", " + size + " bytes,")
                    + " cannot be sent again, so the request makes only one attempt. A guarded request holds up"
                    + " to retrykit.http.max-held-body (" + limit
                    + " bytes) of its body in memory, and the whole body must be written before the attempt"
                    + " ends. Raise the setting, or put @Retryable on a method that creates the whole request,"
                    + " for example from a file. (Logged once per host.)");
        }
    }
}
