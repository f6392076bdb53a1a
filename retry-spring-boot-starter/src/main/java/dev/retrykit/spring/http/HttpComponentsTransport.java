package dev.retrykit.spring.http;

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

    private static final PrivateField BLOCKING =
            PrivateField.of("org.apache.hc.client5.http.impl.classic.HttpClientBuilder", "retryStrategy");

    private static final PrivateField REACTIVE =
            PrivateField.of("org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder", "retryStrategy");

    private final HttpComponentsPool pool = new HttpComponentsPool();

    /** For a client that isn't made yet. */
    public HttpComponentsTransport() {}

    /** For a blocking client. */
    public void customize(HttpClientBuilder client) {
        HttpComponentsRedirects redirects = new HttpComponentsRedirects(true);
        ExecChainHandler aborts = (request, scope, chain) -> {
            Exchange sent = HttpComponentsRedirects.exchange(scope.clientContext);
            if (sent != null) {
                sent.connection().abortsBy(scope.execRuntime::discardEndpoint);
            }
            return chain.proceed(request, scope);
        };
        client.setRetryStrategy(strategy(true))
                .addRequestInterceptorFirst(redirects)
                .addResponseInterceptorFirst(redirects)
                .addExecInterceptorFirst(NAME, aborts);
    }

    /** For an asynchronous client, whose threads are not those of attempts. */
    public void customize(HttpAsyncClientBuilder client) {
        HttpComponentsRedirects redirects = new HttpComponentsRedirects(false);
        AsyncExecChainHandler aborts = (request, entity, scope, chain, callback) -> {
            Exchange sent = HttpComponentsRedirects.exchange(scope.clientContext);
            if (sent != null) {
                sent.connection().abortsBy(scope.execRuntime::discardEndpoint);
            }
            chain.proceed(request, entity, scope, callback);
        };
        client.setRetryStrategy(strategy(false))
                .addRequestInterceptorFirst(redirects)
                .addResponseInterceptorFirst(redirects)
                .addExecInterceptorFirst(NAME, aborts);
    }

    /** For a blocking client of the application, unless that is done. A strategy that it has set stays. */
    public void customizeOwn(HttpClientBuilder client) {
        Object own = BLOCKING.get(client);
        if (!(own instanceof HttpComponentsRetries)) {
            customize(client);
            if (own instanceof HttpRequestRetryStrategy strategy) {
                client.setRetryStrategy(strategy);
            }
        }
    }

    /** For an asynchronous client of the application, unless that is done. A strategy that it has set stays. */
    public void customizeOwn(HttpAsyncClientBuilder client) {
        Object own = REACTIVE.get(client);
        if (!(own instanceof HttpComponentsRetries)) {
            customize(client);
            if (own instanceof HttpRequestRetryStrategy strategy) {
                client.setRetryStrategy(strategy);
            }
        }
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
