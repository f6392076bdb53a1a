package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.RetryPolicy;
import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.registry.Retries;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.core.env.Environment;

/** What a request to change settings may hold, and which reason it gets otherwise. Over real sockets, on both stacks. */
@Tag("server")
class GivenBodiesTests {

    /** Tests have both servers on the class path, of which only one can serve a reactive endpoint. */
    private static final String TWO_SERVERS = "org.springframework.boot.tomcat.autoconfigure.actuate.web.server."
            + "TomcatReactiveManagementContextAutoConfiguration";

    private static Shop start(WebApplicationType type) {
        return Shop.start(
                type,
                Map.of(
                        "management.endpoints.web.exposure.include", "retry,loggers",
                        "management.endpoint.retry.access", "unrestricted",
                        "management.endpoints.web.base-path", "/manage",
                        "management.endpoints.web.path-mapping.retry", "retries",
                        "retrykit.policies.inventory.max-attempts", "4",
                        "retrykit.circuits.inventory.minimum-calls", "5"));
    }

    private static String post(Shop shop, String path, String body) {
        return postTo(shop.url("/manage/" + path), body);
    }

    private static String postTo(String url, String body) {
        HttpResponse<byte[]> response = Shop.send(HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
        return response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void nestedKeysAndListsAreRead(WebApplicationType type) {
        try (Shop shop = start(type)) {
            Retries retries = shop.bean(Retries.class);

            assertThat(post(shop, "retries/policies/inventory", """
                    {"backoff": {"delay": "10ms", "max-delay": "3s"}, "statuses": [502, 503], "maxAttempts": 2,
                     "retryOn": ["java.io.IOException"], "retryAfter": {"respect": false}}""")).startsWith("200 ");
            RetryPolicy policy = retries.findPolicy("inventory").orElseThrow().policy();
            assertThat(policy.backoff().delay()).isEqualTo(Duration.ofMillis(10));
            assertThat(policy.backoff().maxDelay()).isEqualTo(Duration.ofSeconds(3));
            assertThat(policy.maxAttempts()).isEqualTo(2);
            assertThat(policy.respectsRetryAfter()).isFalse();
            assertThat(retries.findPolicy("inventory")
                            .orElseThrow()
                            .settings()
                            .get("statuses")
                            .value())
                    .isEqualTo(List.of(502, 503));

            assertThat(post(shop, "retries/policies/inventory", "{\"backoff\": {\"delay\": null}, \"retryOn\": []}"))
                    .startsWith("200 ");
            assertThat(retries.findPolicy("inventory")
                            .orElseThrow()
                            .policy()
                            .backoff()
                            .delay())
                    .isEqualTo(Duration.ofMillis(200));

            assertThat(post(
                            shop,
                            "retries/circuits/inventory",
                            "{\"open\": {\"duration\": \"7s\"}, \"ignore\": [404]}"))
                    .startsWith("200 ");
            assertThat(retries.findCircuit("inventory")
                            .orElseThrow()
                            .circuit()
                            .policy()
                            .openDuration())
                    .isEqualTo(Duration.ofSeconds(7));
            assertThat(post(shop, "retries/circuits/inventory", "{\"state\": \"FORCED_OPEN\", \"for\": \"10m\"}"))
                    .startsWith("200 ");
            assertThat(retries.findCircuit("inventory").orElseThrow().circuit().state())
                    .isEqualTo(CircuitState.FORCED_OPEN);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void whatCannotBeReadGetsAReason(WebApplicationType type) {
        try (Shop shop = start(type)) {
            String policy = "retries/policies/inventory";
            for (String body : List.of("[1, 2]", "\"maxAttempts\"", "3", "null", "true", "x", " ")) {
                assertThat(post(shop, policy, body))
                        .as(body)
                        .startsWith("400 ")
                        .contains("The body is not a JSON object")
                        .contains("backoff.delay");
            }
            assertThat(post(shop, policy, "{\"maxAttempts\": "))
                    .startsWith("400 ")
                    .contains("The body is not valid JSON");
            assertThat(post(shop, policy, "{\"backoff\": {\"dealy\": \"1s\"}}"))
                    .startsWith("400 ")
                    .contains("'backoff.dealy' is not a known key")
                    .contains("Did you mean 'delay'?");
            assertThat(post(shop, policy, "{\"backoff\": {\"delay\": \"1s\"}, \"backoff.delay\": \"2s\"}"))
                    .startsWith("400 ")
                    .contains("'backoff.delay' occurs twice");
            assertThat(post(shop, policy, "{\"maxAttempts\": 2, \"max-attempts\": 3}"))
                    .startsWith("400 ")
                    .contains("'max-attempts' occurs twice");
            assertThat(post(shop, policy, "{\"statuses\": [[1]]}"))
                    .startsWith("400 ")
                    .contains("The value of 'statuses' must be");
            assertThat(post(shop, policy, "{\"maxAttempts\": [2]}"))
                    .startsWith("400 ")
                    .contains("The value of 'maxAttempts' must be");
            assertThat(post(shop, policy, "{\"maxAttempts\": \"" + "9".repeat(200_000) + "\"}"))
                    .startsWith("400 ")
                    .contains("longer than 100000 bytes");
            assertThat(post(shop, policy, "{\"backoff\": {}}")).startsWith("400 ");
            assertThat(post(shop, policy, "{\"name\": \"other\", \"maxAttempts\": 2}"))
                    .startsWith("400 ")
                    .contains("Only the path selects the entry");
            assertThat(post(shop, "retries/policies/unknown", "[1]")).startsWith("404 ");
            assertThat(shop.bean(Retries.class)
                            .findPolicy("inventory")
                            .orElseThrow()
                            .policy()
                            .maxAttempts())
                    .isEqualTo(4);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SERVLET, management.server.port, 0, ''",
        "REACTIVE, management.server.port, 0, ''",
        "SERVLET, server.servlet.context-path, /shop, /shop",
        "REACTIVE, spring.webflux.base-path, /shop, /shop",
        "SERVLET, spring.mvc.servlet.path, /mvc, /mvc",
    })
    void whereverTheEndpointIs(WebApplicationType type, String key, String value, String prefix) {
        Map<String, Object> properties = Map.of(
                "management.endpoints.web.exposure.include",
                "retry",
                "management.endpoint.retry.access",
                "unrestricted",
                "retrykit.policies.inventory.max-attempts",
                "4",
                "spring.autoconfigure.exclude",
                TWO_SERVERS,
                key,
                value);
        try (Shop shop = Shop.start(type, properties)) {
            String server = "http://127.0.0.1:"
                    + (prefix.isEmpty()
                            ? shop.bean(Environment.class).getRequiredProperty("local.management.port")
                            : shop.bean(Environment.class).getRequiredProperty("local.server.port"));
            String url = server + prefix + "/actuator/retry/policies/inventory";

            assertThat(postTo(url, "{\"backoff\": {\"delay\": \"10ms\"}}")).startsWith("200 ");
            assertThat(postTo(url, "[1]")).startsWith("400 ").contains("The body is not a JSON object");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void otherEndpointsAreLeftAlone(WebApplicationType type) {
        try (Shop shop = start(type)) {
            assertThat(post(shop, "loggers/dev.retrykit.x", "{\"configuredLevel\": \"debug\"}"))
                    .startsWith("204 ");
            assertThat(post(shop, "loggers/dev.retrykit.x", "{\"configuredLevel\": {\"a\": 1}}"))
                    .startsWith("400 ");
        }
    }
}
