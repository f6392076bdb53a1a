package dev.retrykit.internal.foreign;

import dev.retrykit.failure.Causes;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;

/**
 * Recognizes requests that certainly never left. A client that follows redirects or resends requests may fail to
 * connect after the request was already carried out, and most clients do not show this. The stack trace of
 * {@code HttpURLConnection} does.
 */
public final class NeverSent {

    private NeverSent() {}

    public static boolean is(Throwable failure) {
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
