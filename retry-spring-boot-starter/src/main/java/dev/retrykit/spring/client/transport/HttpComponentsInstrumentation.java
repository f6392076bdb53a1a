package dev.retrykit.spring.client.transport;

import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

/**
 * Disables the retries of HttpComponents clients that are built already. A built client has no setting for that, so the
 * strategy in its chain is replaced if it is the library's default instance. A strategy that the application set stays,
 * even if it is of the library's class or a subclass.
 */
final class HttpComponentsInstrumentation {

    private static final String CLASSIC = "org.apache.hc.client5.http.impl.classic.";

    private static final String ASYNC = "org.apache.hc.client5.http.impl.async.";

    private static final Chain BLOCKING = new Chain(
            PrivateField.of(CLASSIC + "InternalHttpClient", "execChain"),
            PrivateField.of(CLASSIC + "ExecChainElement", "handler"),
            PrivateField.of(CLASSIC + "ExecChainElement", "next"),
            PrivateField.of(CLASSIC + "HttpRequestRetryExec", "retryStrategy"));

    private static final Chain REACTIVE = new Chain(
            PrivateField.of(ASYNC + "InternalAbstractHttpAsyncClient", "execChain"),
            PrivateField.of(ASYNC + "AsyncExecChainElement", "handler"),
            PrivateField.of(ASYNC + "AsyncExecChainElement", "next"),
            PrivateField.of(ASYNC + "AsyncHttpRequestRetryExec", "retryStrategy"));

    private static final PrivateField CLIENT =
            PrivateField.of("org.springframework.http.client.reactive.HttpComponentsClientHttpConnector", "client");

    private HttpComponentsInstrumentation() {}

    /**
     * Prepares a request factory's client.
     *
     * @return whether it now sends one request per attempt
     */
    static boolean prepareFactory(Object factory) {
        Object client = ((HttpComponentsClientHttpRequestFactory) factory).getHttpClient();
        return BLOCKING.replace(client, own -> new HttpComponentsRetries(own, new HttpComponentsPool(), true));
    }

    /**
     * Prepares a connector's client.
     *
     * @return whether it now sends one request per attempt
     */
    static boolean prepareConnector(Object connector) {
        return REACTIVE.replace(
                CLIENT.get(connector), own -> new DefaultHttpRequestRetryStrategy(0, TimeValue.ZERO_MILLISECONDS));
    }

    /** The chain of handlers that a request passes. */
    private record Chain(PrivateField first, PrivateField handler, PrivateField next, PrivateField strategy) {

        boolean replace(@Nullable Object client, UnaryOperator<HttpRequestRetryStrategy> replacement) {
            Object element = client == null ? null : first.get(client);
            if (element == null) {
                return false;
            }
            for (; element != null; element = next.get(element)) {
                Object found = handler.get(element);
                if (found == null) {
                    return false;
                }
                if (found.getClass().getSimpleName().endsWith("HttpRequestRetryExec")) {
                    return replaceIn(found, replacement);
                }
            }
            return true;
        }

        private boolean replaceIn(Object retries, UnaryOperator<HttpRequestRetryStrategy> replacement) {
            Object own = strategy.get(retries);
            return own == DefaultHttpRequestRetryStrategy.INSTANCE
                    ? strategy.trySet(retries, replacement.apply(DefaultHttpRequestRetryStrategy.INSTANCE))
                    : own != null;
        }
    }
}
