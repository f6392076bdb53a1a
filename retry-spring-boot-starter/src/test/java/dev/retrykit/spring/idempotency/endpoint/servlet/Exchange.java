package dev.retrykit.spring.idempotency.endpoint.servlet;

import static dev.retrykit.spring.idempotency.Replies.assertReplay;

import dev.retrykit.spring.idempotency.Shop;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to be sent as often as one likes.
 *
 * @param shop the application that it is for
 * @param method the HTTP method
 * @param path with the query
 * @param headers name and value of each, in turns
 * @param body sends the body
 */
record Exchange(Shop shop, String method, String path, List<String> headers, BodyPublisher body) {

    static final String FORM = "application/x-www-form-urlencoded";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Without a body and a key. */
    static Exchange post(Shop shop, String path) {
        return new Exchange(shop, "POST", path, List.of(), BodyPublishers.noBody());
    }

    Exchange as(String other) {
        return new Exchange(shop, other, path, headers, body);
    }

    /** With a header more. */
    Exchange with(String name, @Nullable String value) {
        if (value == null) {
            return this;
        }
        List<String> all = new ArrayList<>(headers);
        all.addAll(List.of(name, value));
        return new Exchange(shop, method, path, all, body);
    }

    Exchange key(@Nullable String key) {
        return with("Idempotency-Key", key);
    }

    Exchange body(String type, String text) {
        return new Exchange(shop, method, path, headers, BodyPublishers.ofString(text)).with("Content-Type", type);
    }

    /** In pieces, without a length. */
    Exchange pieces(String type, String text) {
        BodyPublisher pieces = BodyPublishers.fromPublisher(BodyPublishers.ofString(text));
        return new Exchange(shop, method, path, headers, pieces).with("Content-Type", type);
    }

    HttpRequest request() {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop.url(path)))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(PATIENCE)
                .method(method, body);
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        return request.build();
    }

    HttpResponse<byte[]> send() {
        return Shop.send(request());
    }

    /** Sends it twice: the second answer is the first one again. */
    HttpResponse<byte[]> assertReplayed() {
        HttpResponse<byte[]> first = send();
        assertReplay(first, send());
        return first;
    }
}
