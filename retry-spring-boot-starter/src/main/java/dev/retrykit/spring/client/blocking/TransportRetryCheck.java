package dev.retrykit.spring.client.blocking;

import dev.retrykit.RetryContext;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.http.client.AbstractClientHttpRequestFactoryWrapper;
import org.springframework.http.client.ClientHttpRequestFactory;

/** Transports that repeat requests by themselves, and can't be kept from it from here. */
final class TransportRetryCheck {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final Map<String, String> ADVICE = Map.of(
            "JdkClientHttpRequestFactory",
            "the JDK's HTTP client sends a GET or HEAD again, once, whose connection was lost before an answer came, and"
                    + " tries each connection twice. The first can't be switched off from here, the second with"
                    + " -Djdk.httpclient.disableRetryConnect=true. Another client on the class path, such as"
                    + " HttpComponents, makes one request for each attempt.",
            "SimpleClientHttpRequestFactory",
            "java.net.HttpURLConnection sends a request again whose connection was lost, a POST too. Start the application"
                    + " with -Dsun.net.http.retryPost=false, or use another client.");

    private static final String SPRING = "org.springframework.";

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private TransportRetryCheck() {}

    /** Once for each kind, when an attempt uses it first. */
    static void warn(ClientHttpRequestFactory transport) {
        Class<?> type = innermost(transport).getClass();
        String kind = type.getSimpleName();
        String advice = ADVICE.get(kind);
        if (advice == null && !type.getName().startsWith(SPRING) && type != WatchedRequestFactory.class) {
            kind = type.getName();
            advice = "the request factory " + kind + " is the application's own, so it isn't known what it repeats by"
                    + " itself. If it does, switch that off there, as OkHttp's retryOnConnectionFailure.";
        }
        if (advice != null && !WARNED.contains(kind) && RetryContext.current().isPresent() && WARNED.add(kind)) {
            LOG.warn("A server may see more requests than attempts: " + advice + " Said once.");
        }
    }

    /** What sends the requests, inside of what adds to them. */
    static ClientHttpRequestFactory innermost(ClientHttpRequestFactory transport) {
        ClientHttpRequestFactory inner = transport;
        while (inner instanceof AbstractClientHttpRequestFactoryWrapper wrapper) {
            inner = wrapper.getDelegate();
        }
        return inner;
    }
}
