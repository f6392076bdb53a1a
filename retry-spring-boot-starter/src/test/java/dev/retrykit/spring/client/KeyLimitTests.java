package dev.retrykit.spring.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.annotation.Retryable;
import dev.retrykit.spring.client.FaultServer.Request;
import dev.retrykit.spring.client.RetriedCalls.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import reactor.core.publisher.Mono;

/**
 * Keys as servers see them that refuse longer ones, as providers of payments do: 36 characters (Mangopay), 45 (Square), 64
 * (Adyen), 255 (Stripe), and 38, which is a UUID in double quotes.
 */
@Tag("server")
class KeyLimitTests {

    private static final String LONG = "an order's number, ".repeat(53);
    private static final String CONTROL = "a\r\nX-Injected: yes\u0000\u00fc\u20ac";

    private static final Pattern UUID = Pattern.compile("(\"?)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\1");

    private static final String YML = """
            retrykit:
              defaults.policy.budget.unlimited: true
              policies:
                keyed: { idempotency-key: auto }
                by-order: { idempotency-key: '#order' }
                plain: { max-attempts: 3 }
            """;

    private final FaultServer server = new FaultServer();
    private final Map<String, String> seen = new LinkedHashMap<>();

    static class Payments {

        @Retryable("keyed")
        String auto(Supplier<String> call) {
            return call.get();
        }

        @Retryable("keyed")
        Mono<String> autoLater(Supplier<Mono<String>> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        String annotated(Supplier<String> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "auto")
        Mono<String> annotatedLater(Supplier<Mono<String>> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "#order")
        String order(String order, Supplier<String> call) {
            return call.get();
        }

        @Retryable(value = "plain", idempotencyKey = "#order")
        Mono<String> orderLater(String order, Supplier<Mono<String>> call) {
            return call.get();
        }

        @Retryable("by-order")
        String byPolicy(String order, Supplier<String> call) {
            return call.get();
        }

        @Retryable("by-order")
        Mono<String> byPolicyLater(String order, Supplier<Mono<String>> call) {
            return call.get();
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"36, false", "38, true", "45, false", "45, true", "64, false", "64, true", "255, false", "255, true"})
    void keysAreWithinTheLimitsOfProviders(int limit, boolean quoted) throws Exception {
        app().withPropertyValues("retrykit.http.idempotency-key.quoted=" + quoted)
                .run(app -> {
                    Payments payments = app.getBean(Payments.class);
                    for (Client client : clients(app)) {
                        pay(client, limit, "auto", send -> payments.auto(send), send -> payments.autoLater(send));
                        pay(
                                client,
                                limit,
                                "annotated",
                                send -> payments.annotated(send),
                                send -> payments.annotatedLater(send));
                        for (String order : List.of("1", LONG, CONTROL)) {
                            String what = "order of " + order.length();
                            pay(
                                    client,
                                    limit,
                                    what,
                                    send -> payments.order(order, send),
                                    send -> payments.orderLater(order, send));
                            pay(
                                    client,
                                    limit,
                                    what + " by policy",
                                    send -> payments.byPolicy(order, send),
                                    send -> payments.byPolicyLater(order, send));
                        }
                    }
                });
        write(limit + (quoted ? " quoted" : " bare"));
        assertThat(seen)
                .hasSize(4 * 8)
                .allSatisfy((cell, result) ->
                        assertThat(result).isEqualTo("ok, 2 requests, UUIDs of [" + (quoted ? 38 : 36) + "]"));
    }

    @ParameterizedTest
    @CsvSource({"36, false", "38, true"})
    void keysOfGuardsAreToo(int limit, boolean quoted) throws Exception {
        app().withPropertyValues(
                        "retrykit.http.idempotency-key.quoted=" + quoted,
                        "retrykit.http.guards[0].host=localhost",
                        "retrykit.http.guards[0].policy=keyed")
                .run(app -> {
                    for (Client client : clients(app)) {
                        pay(client, limit, "guard", Supplier::get, Supplier::get);
                    }
                });
        write(limit + " of guards");
        assertThat(seen)
                .hasSize(4)
                .allSatisfy((cell, result) -> assertThat(result).isEqualTo("ok, 2 requests, UUIDs of [" + limit + "]"));
    }

    private interface Blocking {
        String call(Supplier<String> send);
    }

    private interface Reactive {
        Mono<String> call(Supplier<Mono<String>> send);
    }

    private static List<Client> clients(ApplicationContext app) {
        List<Client> clients = new ArrayList<>(ClientMade.BY_BOOT.clients(app, Transport.JDK));
        clients.add(ClientMade.AS_A_GROUP.clients(app, Transport.JDK).get(0));
        return clients;
    }

    private ApplicationContextRunner app() {
        return HttpApps.with(YML, new ArrayList<>())
                .withBean(Payments.class)
                .withBean(ClientMade.Built.class)
                .withUserConfiguration(ClientMade.Groups.class);
    }

    @SuppressWarnings("unchecked")
    private void pay(Client client, int limit, String what, Blocking blocking, Reactive reactive) {
        String cell = client.name() + ", " + what;
        String path = "/" + limit + "/" + seen.size();
        server.on(path, (request, connection) -> {
            String key = request.headers().get("idempotency-key");
            boolean first = server.requests(path).size() == 1;
            connection.status(key == null || key.length() > limit ? 400 : first ? 500 : 200);
        });
        String result = "ok";
        Supplier<Object> send = () -> client.sender().send(HttpMethod.POST, server.url(path));
        try {
            if (client.kind() == RetriedCalls.Kind.BLOCKING) {
                blocking.call(() -> (String) send.get());
            } else {
                reactive.call(() -> (Mono<String>) send.get()).block();
            }
        } catch (RuntimeException failure) {
            result = failure.getMessage();
        }
        List<Request> requests = server.requests(path);
        Set<String> keys = requests.stream()
                .map(request -> String.valueOf(request.headers().get("idempotency-key")))
                .collect(Collectors.toSet());
        boolean uuid = keys.stream().allMatch(key -> UUID.matcher(key).matches());
        seen.put(
                cell,
                result + ", " + requests.size() + (uuid ? " requests, UUIDs of " : " requests, keys of ")
                        + keys.stream().map(String::length).toList());
    }

    private void write(String title) throws IOException {
        Path file = Path.of("target", "http", "keys-" + title.replace(' ', '-') + ".txt");
        Files.createDirectories(file.getParent());
        StringBuilder text = new StringBuilder("client, key, what came of it with a limit of " + title + '\n');
        seen.forEach(
                (cell, result) -> text.append(cell).append(": ").append(result).append('\n'));
        Files.writeString(file, text);
    }
}
