package dev.retrykit.spring.client.transport;

import dev.retrykit.spring.client.tracking.RequestTracker;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.function.Resolver;

/**
 * Limits what HttpComponents does on its own: within an attempt it sends one request, and resends it only if the pooled
 * connection was stale. One instance per client and its pool.
 */
public final class HttpComponentsTransport {

    private static final String NAME = "retrykit";

    /** Read to keep a strategy that the application set. */
    private static final PrivateField BLOCKING_STRATEGY =
            PrivateField.of("org.apache.hc.client5.http.impl.classic.HttpClientBuilder", "retryStrategy");

    private static final PrivateField ASYNC_STRATEGY =
            PrivateField.of("org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder", "retryStrategy");

    private final HttpComponentsPool pool = new HttpComponentsPool();

    /** Creates the customizers for one client. */
    public HttpComponentsTransport() {}

    /** Customizes a blocking client. */
    public void customize(HttpClientBuilder client) {
        HttpComponentsRedirects redirects = new HttpComponentsRedirects(true);
        ExecChainHandler aborts = (request, scope, chain) -> {
            RequestTracker sent = HttpComponentsRedirects.exchange(scope.clientContext);
            if (sent != null) {
                sent.connection().abortsBy(scope.execRuntime::discardEndpoint);
            }
            return chain.proceed(request, scope);
        };
        if (BLOCKING_STRATEGY.get(client) == null) {
            client.setRetryStrategy(strategy(true));
        }
        client.addRequestInterceptorFirst(redirects)
                .addResponseInterceptorFirst(redirects)
                .addExecInterceptorFirst(NAME, aborts);
    }

    /** Customizes an asynchronous client, whose threads are not those of attempts. */
    public void customize(HttpAsyncClientBuilder client) {
        HttpComponentsRedirects redirects = new HttpComponentsRedirects(false);
        AsyncExecChainHandler aborts = (request, entity, scope, chain, callback) -> {
            RequestTracker sent = HttpComponentsRedirects.exchange(scope.clientContext);
            if (sent != null) {
                sent.connection().abortsBy(scope.execRuntime::discardEndpoint);
            }
            chain.proceed(request, entity, scope, callback);
        };
        if (ASYNC_STRATEGY.get(client) == null) {
            client.setRetryStrategy(strategy(false));
        }
        client.addRequestInterceptorFirst(redirects)
                .addResponseInterceptorFirst(redirects)
                .addExecInterceptorFirst(NAME, aborts);
    }

    private HttpRequestRetryStrategy strategy(boolean threads) {
        return new HttpComponentsRetries(DefaultHttpRequestRetryStrategy.INSTANCE, pool, threads);
    }

    /** Customizes the pool of a blocking client. Later settings of the application take precedence. */
    public void customize(PoolingHttpClientConnectionManagerBuilder connections) {
        Resolver<HttpRoute, ConnectionConfig> resolver = pool.resolver(connections);
        if (resolver != null) {
            connections.setConnectionConfigResolver(resolver);
        }
    }

    /** Customizes the pool of an asynchronous client. Later settings of the application take precedence. */
    public void customize(PoolingAsyncClientConnectionManagerBuilder connections) {
        Resolver<HttpRoute, ConnectionConfig> resolver = pool.resolver(connections);
        if (resolver != null) {
            connections.setConnectionConfigResolver(resolver);
        }
    }
}
