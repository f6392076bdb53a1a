package dev.retrykit.spring.client;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.http.HttpMethod;

/** Says which guarded requests make one attempt because their body is too large to be held in memory. */
public final class LargeBodies {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    /** A client that talks to more hosts than this has been told. */
    private static final int MOST_HOSTS = 100;

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private LargeBodies() {}

    /**
     * Warns, once for each host.
     *
     * @param size of the body in bytes, -1 if unknown
     * @param limit the largest that is held, in bytes
     */
    public static void warn(HttpMethod method, URI uri, long size, long limit) {
        String host = String.valueOf(uri.getHost() == null ? HostPattern.hostOf(uri) : uri.getHost());
        if (WARNED.size() < MOST_HOSTS && WARNED.add(host)) {
            LOG.warn("The body of " + method + " " + host + (size < 0 ? "" : ", " + size + " bytes,")
                    + " can't be sent again, so the request makes one attempt: a guarded request holds up to"
                    + " retrykit.http.max-held-body (" + limit + " bytes) of its body in memory, and all of it must be"
                    + " written before the attempt ends. Raise the setting, or put @Retryable on a method that makes the"
                    + " whole request, of a file for example. Said once for each host.");
        }
    }
}
