package dev.retrykit.spring.client;

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
 * What HttpComponents does by itself: within an attempt it sends one request, and sends that again only if its pooled
 * connection was dead. One for each client and its pool.
 */
public final class HttpComponentsTransport {

    private static final String NAME = "retrykit";

    /** One that the application has set stays. */
    private static final PrivateField BLOCKING_STRATEGY =
            PrivateField.of("org.apache.hc.client5.http.impl.classic.HttpClientBuilder", "retryStrategy");

    private static final PrivateField ASYNC_STRATEGY =
            PrivateField.of("org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder", "retryStrategy");

    private final HttpComponentsPool pool = new HttpComponentsPool();

    /** For a client that isn't made yet. */
    public HttpComponentsTransport() {}

    /** For a blocking client. */
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

    /** For an asynchronous client, whose threads are not those of attempts. */
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

    /** For the pool of a blocking client. What is set afterwards prevails. */
    public void customize(PoolingHttpClientConnectionManagerBuilder connections) {
        Resolver<HttpRoute, ConnectionConfig> resolver = pool.resolver(connections);
        if (resolver != null) {
            connections.setConnectionConfigResolver(resolver);
        }
    }

    /** For the pool of an asynchronous client. What is set afterwards prevails. */
    public void customize(PoolingAsyncClientConnectionManagerBuilder connections) {
        Resolver<HttpRoute, ConnectionConfig> resolver = pool.resolver(connections);
        if (resolver != null) {
            connections.setConnectionConfigResolver(resolver);
        }
    }
}
