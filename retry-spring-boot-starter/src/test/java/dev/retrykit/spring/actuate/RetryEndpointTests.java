package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.retrykit.Retry;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.circuit.Circuit;
import dev.retrykit.spring.registry.Retries;
import dev.retrykit.time.ManualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestPropertySource;

/** Over a real socket. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, classes = RetryEndpointTests.Shop.class)
@TestPropertySource(
        properties = {
            "management.endpoints.web.exposure.include=retry",
            "retrykit.policies.inventory.max-attempts=4",
            "retrykit.policies.inventory.retry-on=java.io.IOException",
            "retrykit.policies.endless.budget.unlimited=true",
            "retrykit.circuits.inventory.minimum-calls=2",
            "retrykit.circuits.inventory.window.type=count",
            "retrykit.circuits.inventory.open.jitter=0",
            "retrykit.budgets.warehouse.reserve=9"
        })
class RetryEndpointTests {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {

        @Bean
        ManualTime time() {
            return new ManualTime();
        }

        @Bean
        Stocks stocks() {
            return new Stocks();
        }
    }

    static class Stocks {

        @Retryable("inventory")
        public String find(String sku) {
            return sku;
        }
    }

    @Autowired
    private Environment environment;

    @Autowired
    private Retries retries;

    @BeforeEach
    void close() {
        retries.circuits().forEach(entry -> entry.circuit().reset());
    }

    HttpResponse<String> send(HttpRequest.Builder request, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + environment.getProperty("local.server.port") + "/actuator/" + path);
        return HttpClient.newHttpClient().send(request.uri(uri).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().GET(), path);
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)),
                path);
    }

    static <T> T at(HttpResponse<String> response, String path) {
        return JsonPath.read(response.body(), path);
    }

    @Nested
    class Reading {

        @Test
        void theRootShowsAllPoliciesCircuitsAndBudgets() throws Exception {
            HttpResponse<String> all = get("retry");

            assertThat(all.statusCode()).isEqualTo(200);
            assertThat(RetryEndpointTests.<Map<String, ?>>at(all, "$"))
                    .containsOnlyKeys("policies", "circuits", "budgets");
            assertThat(RetryEndpointTests.<Map<String, ?>>at(all, "$.policies"))
                    .containsOnlyKeys("inventory", "endless");
            assertThat(RetryEndpointTests.<Map<String, ?>>at(all, "$.circuits")).containsOnlyKeys("inventory");
            assertThat(RetryEndpointTests.<Map<String, ?>>at(all, "$.budgets"))
                    .containsOnlyKeys("inventory", "endless", "warehouse");
        }

        @Test
        void whoeverAsksOftenLeavesTheSettingsOut() throws Exception {
            HttpResponse<String> all = get("retry?settings=false");

            assertThat(RetryEndpointTests.<Map<String, ?>>at(all, "$.policies.inventory"))
                    .containsKey("calls")
                    .doesNotContainKey("settings");
            assertThat(all.body()).doesNotContain("origin").contains("\"state\":\"CLOSED\"");
            assertThat(get("retry?settings=true").body()).isEqualTo(get("retry").body());
            assertThat(get("retry?settings=perhaps").statusCode()).isEqualTo(400);
        }

        @Test
        void eachSettingHasItsValueAndItsOrigin() throws Exception {
            HttpResponse<String> policy = get("retry/policies/inventory");

            assertThat(RetryEndpointTests.<Integer>at(policy, "$.settings['max-attempts'].value"))
                    .isEqualTo(4);
            assertThat(RetryEndpointTests.<String>at(policy, "$.settings['max-attempts'].origin"))
                    .contains("retrykit.policies.inventory.max-attempts");
            assertThat(RetryEndpointTests.<List<String>>at(policy, "$.settings['retry-on'].value"))
                    .containsExactly("java.io.IOException");
            assertThat(RetryEndpointTests.<Map<String, String>>at(policy, "$.settings['backoff.delay']"))
                    .isEqualTo(Map.of("value", "200ms", "origin", "default"));
            assertThat(RetryEndpointTests.<Map<String, String>>at(policy, "$.settings['jitter']"))
                    .isEqualTo(Map.of("value", "decorrelated", "origin", "default"));
            assertThat(RetryEndpointTests.<Map<String, ?>>at(policy, "$.settings['budget.reserve']"))
                    .isEqualTo(Map.of("value", 5, "origin", "default"));
        }

        @Test
        void aPolicyTellsWhatBecameOfItsCalls() throws Exception {
            Retry endless = retries.get("endless");
            endless.call(() -> "works");
            try {
                endless.call(() -> {
                    throw new ConnectException();
                });
            } catch (ConnectException exhausted) {
                // seen below
            }
            HttpResponse<String> policy = get("retry/policies/endless");

            assertThat(RetryEndpointTests.<Map<String, Integer>>at(policy, "$.calls"))
                    .isEqualTo(Map.of("success", 1, "recovered", 0, "failed", 1, "rejected", 0));
            assertThat(RetryEndpointTests.<Integer>at(policy, "$.attempts")).isEqualTo(4);
            assertThat(RetryEndpointTests.<Map<String, Integer>>at(policy, "$.stops"))
                    .isEqualTo(Map.of("success", 1, "exhausted", 1));
        }

        @Test
        void aPolicyNamesItsMethodsAndItsBudget() throws Exception {
            HttpResponse<String> policy = get("retry/policies/inventory");

            assertThat(RetryEndpointTests.<List<String>>at(policy, "$.methods")).containsExactly("Stocks.find(String)");
            assertThat(RetryEndpointTests.<String>at(policy, "$.budget")).isEqualTo("inventory");
        }

        @Test
        void aCircuitTellsItsStateAndItsNumbers() throws Exception {
            Circuit circuit = retries.circuit("inventory");
            for (int i = 0; i < 2; i++) {
                try {
                    circuit.call(() -> {
                        throw new ConnectException();
                    });
                } catch (ConnectException counted) {
                    // seen below
                }
            }
            HttpResponse<String> open = get("retry/circuits/inventory");

            assertThat(RetryEndpointTests.<String>at(open, "$.state")).isEqualTo("OPEN");
            assertThat(RetryEndpointTests.<Double>at(open, "$.failureRate")).isEqualTo(100.0);
            assertThat(RetryEndpointTests.<Double>at(open, "$.slowCallRate")).isEqualTo(0.0);
            assertThat(RetryEndpointTests.<Integer>at(open, "$.calls")).isEqualTo(2);
            assertThat(RetryEndpointTests.<Integer>at(open, "$.failures")).isEqualTo(2);
            assertThat(RetryEndpointTests.<Integer>at(open, "$.nextProbeInMs")).isEqualTo(5000);
        }

        @Test
        void whatThereIsNoneOfIsAbsent() throws Exception {
            assertThat(RetryEndpointTests.<Map<String, ?>>at(get("retry/circuits/inventory"), "$"))
                    .containsOnlyKeys("state", "calls", "failures", "slowCalls", "rejected", "settings", "methods");
            assertThat(RetryEndpointTests.<Map<String, ?>>at(get("retry/budgets/endless"), "$"))
                    .containsOnlyKeys("granted", "denied");
            assertThat(RetryEndpointTests.<Map<String, ?>>at(get("retry/budgets/warehouse"), "$"))
                    .containsOnlyKeys("available", "reserve", "granted", "denied", "settings");
            assertThat(get("retry").body()).doesNotContain("null", "-1");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"circuits/inventory", "circuits/INVEN_TORY", "policies/Inventory", "budgets/ware-house"})
        void namesAreFoundInAnySpelling(String path) throws Exception {
            assertThat(get("retry/" + path).statusCode()).isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "circuits/other",
                    "policies/other",
                    "budgets/other",
                    "things/inventory",
                    "circuits/warehouse",
                    "policies/%0a"
                })
        void whatIsUnknownIsNotFound(String path) throws Exception {
            assertThat(get("retry/" + path).statusCode()).isEqualTo(404);
        }
    }

    @Nested
    class ByDefault {

        @Test
        void nothingCanBeChanged() throws Exception {
            assertThat(post("retry/circuits/inventory", "{\"state\":\"FORCED_OPEN\"}")
                            .statusCode())
                    .isEqualTo(405);
            assertThat(retries.circuit("inventory").state()).hasToString("CLOSED");
        }
    }

    @Nested
    @TestPropertySource(properties = "management.endpoint.retry.access=unrestricted")
    class WithUnrestrictedAccess {

        @ParameterizedTest
        @CsvSource({
            "FORCED_OPEN,FORCED_OPEN",
            "forced-open,FORCED_OPEN",
            "DISABLED,DISABLED",
            "HALF_OPEN,HALF_OPEN",
            "closed,CLOSED"
        })
        void aCircuitCanBeSet(String word, String state) throws Exception {
            retries.circuit("inventory").forceOpen();
            HttpResponse<String> answer = post("retry/circuits/inventory", "{\"state\":\"" + word + "\"}");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(RetryEndpointTests.<String>at(answer, "$.state")).isEqualTo(state);
            assertThat(retries.circuit("inventory").state()).hasToString(state);
        }

        @Test
        void aCircuitThatIsForcedOpenHasNoNextProbe() throws Exception {
            HttpResponse<String> answer = post("retry/circuits/inventory", "{\"state\":\"FORCED_OPEN\"}");

            assertThat(RetryEndpointTests.<Map<String, ?>>at(answer, "$")).doesNotContainKey("nextProbeInMs");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"state\":\"OPEN\"}",
                    "{\"state\":\"\"}",
                    "{\"state\":\"a\\nb\"}",
                    "{\"state\":null}",
                    "{\"state\":\"OPEN\",\"for\":\"10m\"}"
                })
        void anotherWordIsRefusedAndChangesNothing(String body) throws Exception {
            HttpResponse<String> answer = post("retry/circuits/inventory", body);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(RetryEndpointTests.<String>at(answer, "$.detail"))
                    .isEqualTo("'state' must be one of CLOSED, DISABLED, FORCED_OPEN, HALF_OPEN. Correct the value.");
            assertThat(retries.circuit("inventory").state()).hasToString("CLOSED");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "null",
                    "[]",
                    "7",
                    "{",
                    "{\"state\":null}",
                    "{\"state\":7}",
                    "{\"state\":[\"CLOSED\"]}",
                    "{\"state\":{\"a\":1}}",
                    "{\"state\":\"<b>\"}"
                })
        void whatIsNoStateIsTheCallersMistakeAndIsNotRepeated(String body) throws Exception {
            HttpResponse<String> answer = post("retry/circuits/inventory", body);

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).doesNotContain("<b>");
            assertThat(retries.circuit("inventory").state()).hasToString("CLOSED");
        }

        @ParameterizedTest
        @ValueSource(strings = {"circuits/other", "policies/other", "budgets/other", "things/inventory"})
        void anythingElseIsNotFoundAndNotMade(String path) throws Exception {
            String before = get("retry").body();

            assertThat(post("retry/" + path, "{\"state\":\"FORCED_OPEN\"}").statusCode())
                    .isEqualTo(404);
            assertThat(get("retry").body()).isEqualTo(before);
        }
    }
}
