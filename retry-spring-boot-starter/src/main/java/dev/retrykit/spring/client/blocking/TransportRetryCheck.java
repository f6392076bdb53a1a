package dev.retrykit.spring.client.blocking;

import dev.retrykit.RetryContext;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.http.client.AbstractClientHttpRequestFactoryWrapper;
import org.springframework.http.client.ClientHttpRequestFactory;

/** Warns about transports that resend requests on their own and cannot be stopped from doing so. */
final class TransportRetryCheck {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final Map<String, String> ADVICE = Map.of(
            "JdkClientHttpRequestFactory",
            "the JDK's HTTP client resends a GET or HEAD request once if its connection was lost"
                    + " before a response, and tries each connection twice. The first cannot be disabled;"
                    + " disable the second with -Djdk.httpclient.disableRetryConnect=true. With another client"
                    + " on the class path, such as HttpComponents, each attempt sends one request.",
            "SimpleClientHttpRequestFactory",
            "java.net.HttpURLConnection resends a request whose connection was lost, even a POST."
                    + " Start the application with -Dsun.net.http.retryPost=false, or use another client.");

    private static final String SPRING = "org.springframework.";

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private TransportRetryCheck() {}

    /** Logs a warning once per kind, when an attempt uses it for the first time. */
    static void warn(ClientHttpRequestFactory transport) {
        Class<?> type = innermost(transport).getClass();
        String kind = type.getSimpleName();
        String advice = ADVICE.get(kind);
        if (advice == null && !type.getName().startsWith(SPRING) && type != WatchedRequestFactory.class) {
            kind = type.getName();
            advice = "the request factory " + kind
                    + " belongs to the application, so its built-in retries are unknown. If it has any, disable"
                    + " them there, for example OkHttp's retryOnConnectionFailure.";
        }
        if (advice != null && !WARNED.contains(kind) && RetryContext.current().isPresent() && WARNED.add(kind)) {
            LOG.warn("A server may receive more requests than there are attempts: " + advice + " (Logged once.)");
        }
    }

    /** Returns the request factory inside all wrappers. */
    static ClientHttpRequestFactory innermost(ClientHttpRequestFactory transport) {
        ClientHttpRequestFactory inner = transport;
        while (inner instanceof AbstractClientHttpRequestFactoryWrapper wrapper) {
            inner = wrapper.getDelegate();
        }
        return inner;
    }
}
