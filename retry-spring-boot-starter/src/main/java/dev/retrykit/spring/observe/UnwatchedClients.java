package dev.retrykit.spring.observe;

import dev.retrykit.event.RetryEvent;
import dev.retrykit.spring.settings.MessageText;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** What is said about HTTP clients that aren't watched, when one of them fails in an attempt. */
final class UnwatchedClients {

    private static final Log LOG = LogFactory.getLog("dev.retrykit.http");

    private static final int LONGEST = 200;

    /** Whoever has been told so often knows. */
    private static final int MOST_PLACES = 100;

    private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

    private static final String REMEDY =
            "Declare the client as a bean (RestClient, RestTemplate or WebClient), or build it"
                    + " with Spring Boot's builder; where the request runs on another thread, hand RetryContext.current() to it";

    /** Frames that are not the application's own. */
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

    /** After what failed; ends with the setting that allows a second request. */
    static String withoutKey(String what) {
        return "an idempotency key was asked for, but " + what
                + " came from an HTTP client that isn't watched, so no key"
                + " was sent, and the request may have been done. " + REMEDY + "; if a second one does no harm, set ";
    }

    /** Once for each method. */
    static void warn(RetryEvent.Unwatched event) {
        String place = place(event.failure());
        String method = place == null ? "a method" : place;
        if (WARNED.size() < MOST_PLACES && WARNED.add(event.policy() + "/" + method)) {
            LOG.warn("Policy " + MessageText.quoted(event.policy()) + " retries " + MessageText.line(method, LONGEST)
                    + " after a failure of an HTTP client that isn't watched ("
                    + (event.failure() == null
                            ? "an answer"
                            : event.failure().getClass().getName())
                    + "): a POST or PATCH that it sends is repeated as well. " + REMEDY
                    + "; if a second request does no harm, set the policy's unsafe-methods: always. Said once for each"
                    + " method.");
        }
    }

    /** The method of the application that called the client. */
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
