package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.circuit.CircuitState;
import dev.retrykit.spring.Apps;
import dev.retrykit.spring.idempotency.Shop;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.spring.registry.UnusedConfiguration;
import dev.retrykit.spring.settings.InvalidSettingException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;

/** Every configured name can be shown and changed, and the path alone says which. Over real sockets. */
@Tag("server")
class EndpointNamesTests {

    private static final List<String> NAMES = List.of(
            "backendA", "inventory_eu", "my policy", "a:b", "Ünï", "a[b]", "1", "a?b#c", "{a}", "a+b&c=d", "a,b");

    private static Shop start(WebApplicationType type) {
        Map<String, Object> properties = new LinkedHashMap<>(Map.of(
                "management.endpoints.web.exposure.include", "retry",
                "management.endpoint.retry.access", "unrestricted",
                "retrykit.circuits.search.minimum-calls", "5",
                "retrykit.policies.search.max-attempts", "5"));
        for (String name : NAMES) {
            properties.put("retrykit.policies[" + name + "].max-attempts", "4");
            properties.put("retrykit.circuits[" + name + "].minimum-calls", "7");
            properties.put("retrykit.budgets[" + name + "].reserve", "7");
        }
        return Shop.start(type, properties);
    }

    private static HttpResponse<byte[]> send(Shop shop, String method, String path, String body) {
        return Shop.send(HttpRequest.newBuilder(URI.create(shop.url("/actuator/retry/" + path)))
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build());
    }

    private static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String text(HttpResponse<byte[]> response) {
        return response.statusCode() + " " + new String(response.body(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void everyNameCanBeShownAndChanged(WebApplicationType type) {
        try (Shop shop = start(type)) {
            Retries retries = shop.bean(Retries.class);
            for (String name : NAMES) {
                String policy = "policies/" + segment(name);
                assertThat(text(send(shop, "GET", policy, ""))).as(name).startsWith("200 ");
                assertThat(text(send(shop, "POST", policy, "{\"maxAttempts\":7}")))
                        .as(name)
                        .startsWith("200 ");
                assertThat(retries.findPolicy(name).orElseThrow().policy().maxAttempts())
                        .as(name)
                        .isEqualTo(7);
                assertThat(text(send(shop, "POST", policy, "{\"maxAttempt\":7}")))
                        .as(name)
                        .startsWith("400 ")
                        .contains("Did you mean 'max-attempts'?");
                assertThat(text(send(shop, "POST", policy, "{\"maxAttempts\":\"x\"}")))
                        .as(name)
                        .startsWith("400 ")
                        .contains("it must be a whole number");
                assertThat(text(send(shop, "POST", "circuits/" + segment(name), "{\"minimumCalls\":30}")))
                        .as(name)
                        .startsWith("200 ");
                assertThat(text(send(shop, "POST", "budgets/" + segment(name), "{\"reserve\":3}")))
                        .as(name)
                        .startsWith("200 ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WebApplicationType.class,
            names = {"SERVLET", "REACTIVE"})
    void thePathAloneSaysWhat(WebApplicationType type) {
        try (Shop shop = start(type)) {
            Retries retries = shop.bean(Retries.class);
            String inventory = "circuits/backendA";

            assertRefused(send(shop, "POST", inventory, "{\"name\":\"search\",\"state\":\"DISABLED\"}"));
            assertRefused(send(shop, "POST", inventory + "?name=search", "{\"state\":\"DISABLED\"}"));
            assertRefused(send(shop, "POST", inventory + "?name=search&name=x", "{\"state\":\"DISABLED\"}"));
            assertRefused(
                    send(shop, "POST", inventory, "{\"kind\":\"policies\",\"name\":\"search\",\"maxAttempts\":7}"));
            assertRefused(send(shop, "GET", inventory + "?name=search", ""));
            assertRefused(send(shop, "GET", inventory + "?kind=policies", ""));
            assertThat(text(send(shop, "GET", inventory + "?other=policies", "")))
                    .startsWith("200 ");
            assertThat(retries.findCircuit("search").orElseThrow().circuit().state())
                    .isEqualTo(CircuitState.CLOSED);
            assertThat(retries.findPolicy("search").orElseThrow().policy().maxAttempts())
                    .isEqualTo(5);
        }
    }

    private static void assertRefused(HttpResponse<byte[]> response) {
        assertThat(text(response)).startsWith("400 ").contains("Only the path selects the entry");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a\\b", "a;b", "100%", ".", "..", "a\nb"})
    void aNameThatNoPathCarriesStopsTheStart(String name) {
        for (String section : List.of("policies", "circuits", "budgets")) {
            Apps.plain()
                    .withInitializer(context -> context.getEnvironment()
                            .getPropertySources()
                            .addFirst(new org.springframework.core.env.MapPropertySource(
                                    "odd", Map.of("retrykit." + section + "[" + name + "].dry-run", "true"))))
                    .run(context -> assertThat(context.getStartupFailure())
                            .rootCause()
                            .isInstanceOf(InvalidSettingException.class));
        }
    }

    @Test
    void messagesNameKeysThatCanBeWritten() {
        try (Shop shop = start(WebApplicationType.SERVLET)) {
            List<String> unused = new ArrayList<>();
            shop.bean(Retries.class).report(UnusedConfiguration.Next.NONE, unused::add, note -> {});
            assertThat(unused)
                    .anySatisfy(line -> assertThat(line).startsWith("retrykit.policies.[my policy] is configured"))
                    .anySatisfy(line -> assertThat(line).startsWith("retrykit.policies.backendA is configured"));
        }
    }
}
