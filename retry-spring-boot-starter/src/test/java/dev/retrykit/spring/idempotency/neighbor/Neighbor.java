package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Something that stands beside idempotent handlers below a path of its own.
 *
 * @param headers names and values that each request has
 * @param caller puts a caller's name into a request
 * @param body puts an order into a request
 * @param read the text of a response's body
 * @param unique whether the path ends with the order, or the order is refused once it was taken
 */
record Neighbor(
        String name,
        String path,
        Set<Kind> kinds,
        Set<Step> steps,
        List<String> headers,
        BiConsumer<HttpRequest.Builder, String> caller,
        BiConsumer<HttpRequest.Builder, Order> body,
        Function<byte[], String> read,
        Uniqueness unique) {

    /** Whether an order can be carried out only once. */
    enum Uniqueness {
        NONE,
        IN_BODY,
        IN_PATH
    }

    static Neighbor of(String name, String path) {
        return new Neighbor(
                name,
                path,
                EnumSet.allOf(Kind.class),
                Step.ALL,
                List.of(),
                (request, caller) -> request.header("X-User", caller),
                Neighbor::json,
                bytes -> new String(bytes, StandardCharsets.UTF_8),
                Uniqueness.NONE);
    }

    static void json(HttpRequest.Builder request, Order order) {
        request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(json(order)));
    }

    static String json(Order order) {
        return "{\"order\":\"%s\",\"amount\":%d,\"does\":\"%s\"}"
                .formatted(order.order(), order.amount(), order.does());
    }

    static String form(Order order) {
        return "order=" + order.order() + "&amount=" + order.amount() + "&does=" + order.does();
    }

    Neighbor ofKinds(Kind first, Kind... others) {
        return new Neighbor(name, path, EnumSet.of(first, others), steps, headers, caller, body, read, unique);
    }

    Neighbor withSteps(Set<Step> other) {
        return new Neighbor(name, path, kinds, other, headers, caller, body, read, unique);
    }

    Neighbor withHeaders(String... other) {
        return new Neighbor(name, path, kinds, steps, List.of(other), caller, body, read, unique);
    }

    Neighbor withCaller(BiConsumer<HttpRequest.Builder, String> other) {
        return new Neighbor(name, path, kinds, steps, headers, other, body, read, unique);
    }

    Neighbor withBody(BiConsumer<HttpRequest.Builder, Order> other) {
        return new Neighbor(name, path, kinds, steps, headers, caller, other, read, unique);
    }

    Neighbor readBy(Function<byte[], String> other) {
        return new Neighbor(name, path, kinds, steps, headers, caller, body, other, unique);
    }

    Neighbor unique(Uniqueness other) {
        return new Neighbor(name, path, kinds, steps, headers, caller, body, read, other);
    }

    /** An order of a caller. */
    HttpRequest request(String base, Kind kind, String key, Order order, String from) {
        String rest = unique == Uniqueness.IN_PATH ? "/" + order.order() : "";
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path + kind.path() + rest))
                .header("Idempotency-Key", key);
        for (int i = 0; i < headers.size(); i += 2) {
            request.header(headers.get(i), headers.get(i + 1));
        }
        caller.accept(request, from);
        body.accept(request, order);
        return request.build();
    }
}
