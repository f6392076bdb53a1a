package dev.retrykit.spring.http;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.util.context.ContextView;

/** Tells exchanges of the redirects that Reactor Netty follows. */
public final class ReactorRedirects {

    private ReactorRedirects() {}

    /** The client, which tells. */
    public static HttpClient told(HttpClient client) {
        return client.mapConnect(connection -> Mono.deferContextual(context -> connect(connection, context)))
                .doOnRedirect((response, connection) -> {
                    Exchange sent = exchange(response.currentContextView());
                    if (sent != null) {
                        sent.redirected();
                    }
                });
    }

    private static Mono<? extends Connection> connect(Mono<? extends Connection> connection, ContextView context) {
        Exchange noted = exchange(context);
        Exchange sent = noted == null ? Sending.current() : noted;
        if (sent == null) {
            return connection;
        }
        sent.willTellRedirects();
        return connection.contextWrite(inner -> inner.put(Exchange.class, sent));
    }

    private static @Nullable Exchange exchange(ContextView context) {
        return context.getOrDefault(Exchange.class, null);
    }
}
