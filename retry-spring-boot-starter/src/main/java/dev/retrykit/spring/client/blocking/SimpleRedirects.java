package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.PrivateField;
import dev.retrykit.spring.client.RequestTracker;
import java.net.HttpURLConnection;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Whether an answer of {@code java.net.HttpURLConnection} can be another peer's. Spring lets it follow redirects of a GET
 * only; where the connection can't be reached nothing is known, which means that a POST isn't repeated.
 */
final class SimpleRedirects {

    private static final String TYPE = "org.springframework.http.client.SimpleClientHttpResponse";

    private static final PrivateField CONNECTION = PrivateField.of(TYPE, "connection");

    private SimpleRedirects() {}

    static void tell(ClientHttpResponse response, RequestTracker exchange) {
        if (response.getClass().getName().equals(TYPE)
                && CONNECTION.get(response) instanceof HttpURLConnection connection
                && !connection.getInstanceFollowRedirects()) {
            exchange.willTellRedirects();
        }
    }
}
