package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.tracking.RequestTracker;
import dev.retrykit.spring.client.tracking.TransportFact;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Detects whether the JDK's client followed a redirect. The JDK's response has that information, but Spring's does not
 * expose it; if it is not accessible, a POST is not repeated.
 */
final class JdkRedirects {

    private static final String TYPE = "org.springframework.http.client.JdkClientHttpResponse";

    private static final @Nullable MethodHandle RESPONSE = response();

    private JdkRedirects() {}

    static void tell(ClientHttpResponse response, RequestTracker exchange) {
        if (!response.getClass().getName().equals(TYPE)) {
            return;
        }
        exchange.connection().abortsBy(() -> close(response));
        if (RESPONSE == null) {
            return;
        }
        try {
            Object own = RESPONSE.invoke(response);
            if (own instanceof HttpResponse<?> answer) {
                exchange.report(TransportFact.TELLS_REDIRECTS);
                if (answer.previousResponse().isPresent()) {
                    exchange.report(TransportFact.REDIRECTED);
                }
            }
        } catch (Throwable unreadable) {
            // then it is unknown whether there was a redirect
        }
    }

    /** Closes the body, which cancels it; closing the response would read it to its end. */
    private static void close(ClientHttpResponse response) {
        try {
            response.getBody().close();
        } catch (IOException closed) {
            // closed already
        }
    }

    private static @Nullable MethodHandle response() {
        try {
            Field field = Class.forName(TYPE, false, JdkRedirects.class.getClassLoader())
                    .getDeclaredField("response");
            field.setAccessible(true);
            return MethodHandles.lookup().unreflectGetter(field);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unreachable) {
            return null;
        }
    }
}
