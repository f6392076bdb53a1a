package dev.retrykit.spring.client.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Instruments transports that an application creates on its own, which no customizer has seen. Within an attempt they
 * must not resend requests; if that cannot be ensured, a warning is logged.
 */
public final class TransportInstrumentation {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private static final String BLOCKING = "org.springframework.http.client.";

    private static final String REACTIVE = "org.springframework.http.client.reactive.";

    private TransportInstrumentation() {}

    /**
     * Makes a transport send one request per attempt. Idempotent.
     *
     * @param transport a request factory or a connector of any kind
     */
    public static void prepare(Object transport) {
        for (Class<?> type = transport.getClass(); type != null; type = type.getSuperclass()) {
            switch (type.getName()) {
                case BLOCKING + "HttpComponentsClientHttpRequestFactory":
                    report(
                            transport,
                            HttpComponentsInstrumentation.prepareFactory(transport),
                            "disableAutomaticRetries()");
                    return;
                case REACTIVE + "HttpComponentsClientHttpConnector":
                    report(
                            transport,
                            HttpComponentsInstrumentation.prepareConnector(transport),
                            "disableAutomaticRetries()");
                    return;
                case BLOCKING + "ReactorClientHttpRequestFactory":
                case REACTIVE + "ReactorClientHttpConnector":
                    report(transport, ReactorNettyInstrumentation.prepare(transport, type), "disableRetry(true)");
                    return;
                case BLOCKING + "JettyClientHttpRequestFactory":
                case REACTIVE + "JettyClientHttpConnector":
                    JettyInstrumentation.prepare(transport, type);
                    return;
                default:
            }
        }
    }

    private static void report(Object transport, boolean prepared, String remedy) {
        if (!prepared && WARNED.add(transport.getClass().getName())) {
            LOG.warn("A server may receive more requests than there are attempts: the application created a "
                    + transport.getClass().getSimpleName()
                    + " itself, and its built-in retries cannot be disabled from here. Create it with Spring"
                    + " Boot's builder, or build its client with " + remedy + ". (Logged once per type.)");
        }
    }
}
