package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.client.tracking.TransportFact;
import dev.retrykit.spring.client.transport.PrivateField;
import java.net.HttpURLConnection;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Detects whether a response of {@code java.net.HttpURLConnection} may come from the target of a redirect. Spring lets
 * it follow redirects of GET requests only; if the connection is not accessible, a POST is not repeated.
 */
final class SimpleRedirects {

    private static final String TYPE = "org.springframework.http.client.SimpleClientHttpResponse";

    private static final PrivateField CONNECTION = PrivateField.of(TYPE, "connection");

    private SimpleRedirects() {}

    static void tell(ClientHttpResponse response, RequestTracker exchange) {
        if (response.getClass().getName().equals(TYPE)
                && CONNECTION.get(response) instanceof HttpURLConnection connection
                && !connection.getInstanceFollowRedirects()) {
            exchange.report(TransportFact.TELLS_REDIRECTS);
        }
    }
}
