package dev.retrykit.failure.book;

import dev.retrykit.failure.Causes;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;

/**
 * Requests of which it is proven that they never left. A client that follows redirects, or that sends a request again by
 * itself, fails to connect after the request was done; of most clients that can't be told. {@code HttpURLConnection}'s stack
 * trace tells it.
 */
final class NeverSent {

    private NeverSent() {}

    static boolean is(Throwable failure) {
        return Causes.anyMatch(failure, NeverSent::isFirstConnect);
    }

    private static boolean isFirstConnect(Throwable link) {
        boolean connecting = link instanceof ConnectException
                || link instanceof UnknownHostException
                || link instanceof NoRouteToHostException;
        return connecting && isOfFirst(Causes.stackTrace(link));
    }

    private static boolean isOfFirst(StackTraceElement[] frames) {
        boolean connection = false;
        for (StackTraceElement frame : frames) {
            String method = frame.getMethodName();
            if (method.startsWith("followRedirect") || method.startsWith("parseHTTP")) {
                return false;
            }
            connection |= frame.getClassName().startsWith("sun.net.www.protocol.http");
        }
        return connection;
    }
}
