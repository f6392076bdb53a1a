package dev.retrykit.spring.client.blocking;

import dev.retrykit.spring.client.RequestTracker;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Whether the JDK's client came to an answer by way of a redirect. The JDK's own response tells, but Spring's keeps it to
 * itself; where it can't be reached nothing is known, which means that a POST isn't repeated.
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
                exchange.willTellRedirects();
                if (answer.previousResponse().isPresent()) {
                    exchange.redirected();
                }
            }
        } catch (Throwable unreadable) {
            // then nothing is known
        }
    }

    /** To close the response means to read it to its end; to close its body, to cancel it. */
    private static void close(ClientHttpResponse response) {
        try {
            response.getBody().close();
        } catch (IOException closed) {
            // as it was to be
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
