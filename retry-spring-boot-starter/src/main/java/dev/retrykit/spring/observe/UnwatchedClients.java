package dev.retrykit.spring.observe;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.spring.settings.MessageText;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Log messages about failures of HTTP clients that are not instrumented. */
final class UnwatchedClients {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final int LONGEST = 200;

    /** Limits the number of warnings. */
    private static final int MOST_PLACES = 100;

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private static final String REMEDY =
            "Declare the client as a bean (RestClient, RestTemplate or WebClient), or build it with"
                    + " Spring Boot's builder; if the request runs on another thread, pass"
                    + " RetryContext.current() to that thread";

    /** Packages that do not belong to the application. */
    private static final List<String> LIBRARIES = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "org.springframework.",
            "reactor.",
            "io.netty.",
            "okhttp3.",
            "okio.",
            "retrofit2.",
            "feign.",
            "org.apache.",
            "org.eclipse.jetty.");

    private UnwatchedClients() {}

    /** Returns the explanation that follows the failure; ends before the setting that allows a second request. */
    static String withoutKey(String what) {
        return "an idempotency key is configured, but " + what
                + " was sent by an HTTP client that is not instrumented, so it carried no key and may have"
                + " been executed. " + REMEDY + "; if a second request does no harm, set ";
    }

    /** Logs a warning, once per method. */
    static void warn(RetryEvent.Unwatched event) {
        String place = place(event.failure().orElse(null));
        String method = place == null ? "a method" : place;
        if (WARNED.size() < MOST_PLACES && WARNED.add(event.policy() + "/" + method)) {
            LOG.warn("Policy " + MessageText.quoted(event.policy()) + " retries " + MessageText.line(method, LONGEST)
                    + " after a failure of an HTTP client that is not instrumented ("
                    + event.failure()
                            .map(failure -> failure.getClass().getName())
                            .orElse("a response")
                    + "), so a POST or PATCH request of the client is repeated as well. " + REMEDY
                    + "; if a second request does no harm, set the policy's unsafe-methods: always. (Logged"
                    + " once per method.)");
        }
    }

    /** Returns the application's method that called the client. */
    private static @Nullable String place(@Nullable Throwable failure) {
        if (failure != null) {
            for (StackTraceElement frame : failure.getStackTrace()) {
                if (LIBRARIES.stream().noneMatch(frame.getClassName()::startsWith)) {
                    return frame.getClassName() + "." + frame.getMethodName();
                }
            }
        }
        return null;
    }
}
