package dev.retrykit.spring.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Transports that an application makes by itself, so that no customizer has seen them. Within an attempt they are kept
 * from repeating requests, or a WARN says that they may.
 */
public final class TransportInstrumentation {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private static final String BLOCKING = "org.springframework.http.client.";

    private static final String REACTIVE = "org.springframework.http.client.reactive.";

    private TransportInstrumentation() {}

    /**
     * Has a transport make one request for each attempt. May be done several times.
     *
     * @param transport a request factory or a connector, of whatever kind
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
            LOG.warn("A server may see more requests than attempts: the application made a "
                    + transport.getClass().getSimpleName()
                    + " by itself, and what it repeats by itself can't be switched off from here. Have Spring Boot's"
                    + " builder make it, or build its client with " + remedy + ". Said once for each kind.");
        }
    }
}
