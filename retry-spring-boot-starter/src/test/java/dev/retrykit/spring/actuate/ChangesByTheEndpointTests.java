package dev.retrykit.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.retrykit.RetryPolicy;
import dev.retrykit.annotation.Retryable;
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
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.annotation.DirtiesContext.MethodMode;
import org.springframework.test.context.TestPropertySource;

/** Over a real socket, with what is changed seen in what the next call does. */
@Tag("server")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, classes = ChangesByTheEndpointTests.Shop.class)
@TestPropertySource(
        properties = {
            "management.endpoints.web.exposure.include=retry",
            "management.endpoint.retry.access=unrestricted",
            "retrykit.policies.inventory.max-attempts=4",
            "retrykit.policies.shared.budget.name=warehouse",
            "retrykit.circuits.inventory.minimum-calls=2",
            "retrykit.budgets.warehouse.reserve=9",
            "secret.of.ours=hunter2"
        })
@ExtendWith(OutputCaptureExtension.class)
class ChangesByTheEndpointTests {

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

        private final AtomicInteger attempts = new AtomicInteger();

        public int attempts() {
            return attempts.get();
        }

        @Retryable("inventory")
        public String find(String sku) throws IOException {
            attempts.incrementAndGet();
            throw new ConnectException(sku);
        }

        @Retryable("shared")
        public String shared(String sku) {
            return sku;
        }

        @Retryable(maxAttempts = 2)
        public String own(String sku) {
            return sku;
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private Retries retries;

    @Autowired
    private Stocks stocks;

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/retry/" + path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static <T> T at(HttpResponse<String> response, String path) {
        return JsonPath.read(response.body(), path);
    }

    private RetryPolicy policy() {
        return retries.findPolicy("inventory").orElseThrow().policy();
    }

    private int attemptsOfACall() {
        int before = stocks.attempts();
        try {
            stocks.find("pen");
        } catch (IOException failed) {
            // counted
        }
        return stocks.attempts() - before;
    }

    @Test
    @DirtiesContext(methodMode = MethodMode.AFTER_METHOD)
    void theNextCallTakesTheOtherSettingsAndEverybodySeesWhoGaveThem(CapturedOutput output) throws Exception {
        assertThat(attemptsOfACall()).isEqualTo(4);
        HttpResponse<String> answer = post("policies/Inventory", "{\"maxAttempts\": 2, \"backoff.delay\": \"1s\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(attemptsOfACall()).isEqualTo(2);
        assertThat(policy().backoff().delay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(ChangesByTheEndpointTests.<Map<String, ?>>at(answer, "$.settings['max-attempts']"))
                .isEqualTo(Map.of("value", 2, "origin", "the endpoint, caller unknown"));
        assertThat(output)
                .contains("Policy 'inventory' was changed by the endpoint, caller unknown: backoff.delay 200ms -> 1s,"
                        + " max-attempts 4 -> 2");
    }

    @Test
    @DirtiesContext(methodMode = MethodMode.AFTER_METHOD)
    void aSettingIsTakenAwayAgainByNull() throws Exception {
        post("policies/inventory", "{\"maxAttempts\": 2, \"statuses\": \"502, 503\", \"jitter\": \"none\"}");
        HttpResponse<String> answer = post("policies/inventory", "{\"max_attempts\": null}");

        assertThat(attemptsOfACall()).isEqualTo(4);
        assertThat(ChangesByTheEndpointTests.<String>at(answer, "$.settings.jitter.value"))
                .isEqualTo("none");
        assertThat(ChangesByTheEndpointTests.<Object>at(answer, "$.settings.statuses.value"))
                .hasToString("[502,503]");
    }

    @Test
    @DirtiesContext(methodMode = MethodMode.AFTER_METHOD)
    void countersBudgetAndCircuitLiveOn() throws Exception {
        attemptsOfACall();
        HttpResponse<String> answer = post(
                "policies/inventory",
                "{\"budget.reserve\": 8, \"enabled\": false, \"retry-on\": \"java.io.IOException\"}");

        assertThat(ChangesByTheEndpointTests.<Integer>at(answer, "$.calls.failed"))
                .isEqualTo(1);
        assertThat(retries.findBudget("inventory").orElseThrow().snapshot().reserve())
                .as("three of the five are spent")
                .isEqualTo(5);
        assertThat(attemptsOfACall()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"maxAttempts\": 0}|maxAttempts",
                "{\"maxAttempts\": \"many\"}|whole number",
                "{\"maxAttempts\": 2, \"maxAtempts\": 3}|Did you mean 'max-attempts'?",
                "{\"backoff.delay\": \"20s\", \"backoff.maxDelay\": \"1s\"}|backoff.max-delay",
                "{\"retry-on\": \"java.lang.String\"}|exception class",
                "{\"backoff\": \"x\"}|keys below it",
                "{\"budget.name\": \"warehouse\"}|cannot change while the application is running",
                "{\"idempotency-key\": \"auto\"}|cannot change while the application is running",
                "{\"retry-partial\": true}|cannot change while the application is running",
                "{\"state\": \"CLOSED\"}|'state' is not a known key",
                "{\"..\": \"1\"}|not a known key",
                "{\"[\": \"1\"}|not a known key",
                "{\"\": \"1\"}|not a known key",
                "{\"maxAttempts\": \"${secret.of.ours}\"}|${secret.of.ours}",
                "{\"maxAttempts\": \" \"}|must not be empty",
                "{}|The body must contain settings",
            })
    void whatCannotHoldChangesNothingAndSaysWhy(String body, String reason) throws Exception {
        Map<?, ?> before = retries.findPolicy("inventory").orElseThrow().settings();
        HttpResponse<String> answer = post("policies/inventory", body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(ChangesByTheEndpointTests.<String>at(answer, "$.detail"))
                .containsIgnoringCase(reason.replace("maxAttempts", "max-attempts"));
        assertThat(answer.body()).doesNotContain("hunter2");
        assertThat(retries.findPolicy("inventory").orElseThrow().settings()).isEqualTo(before);
        assertThat(policy().maxAttempts()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"maxAttempts\": [2]}", "{\"maxAttempts\": {\"a\": 2}}", "[]", "7", "{"})
    void whatIsNoSettingIsTheCallersMistake(String body) throws Exception {
        assertThat(post("policies/inventory", body).statusCode()).isEqualTo(400);
        assertThat(policy().maxAttempts()).isEqualTo(4);
    }

    @Test
    @DirtiesContext(methodMode = MethodMode.AFTER_METHOD)
    void thePolicyOfAnAnnotationAndASharedBudgetAndACircuitTakeSettingsToo() throws Exception {
        assertThat(post("policies/Stocks.own", "{\"max-attempts\": 7}").statusCode())
                .isEqualTo(200);
        assertThat(retries.get("Stocks.own").policy().maxAttempts()).isEqualTo(7);
        assertThat(ChangesByTheEndpointTests.<Integer>at(post("budgets/warehouse", "{\"reserve\": 3}"), "$.available"))
                .isEqualTo(3);
        assertThat(post("circuits/inventory", "{\"failure-rate\": 10}").statusCode())
                .isEqualTo(200);
        assertThat(retries.circuit("inventory").policy().failureRate()).isEqualTo(10);
        assertThat(post("circuits/inventory", "{\"stat\": \"CLOSED\"}").statusCode())
                .isEqualTo(400);
        assertThat(post("budgets/inventory", "{\"reserve\": 3}").body()).contains("belongs to a policy");
    }

    @Test
    void aCircuitIsForcedOpenForATime(CapturedOutput output) throws Exception {
        HttpResponse<String> answer = post("circuits/inventory", "{\"state\": \"FORCED_OPEN\", \"for\": \"10m\"}");

        assertThat(ChangesByTheEndpointTests.<Integer>at(answer, "$.nextProbeInMs"))
                .isEqualTo(600_000);
        assertThat(output)
                .contains("Circuit 'inventory' is set to FORCED_OPEN for 10m by the endpoint, caller unknown");
        answer = post("circuits/inventory", "{\"state\": \"DISABLED\", \"for\": \"PT5S\"}");
        assertThat(ChangesByTheEndpointTests.<Integer>at(answer, "$.endsInMs")).isEqualTo(5_000);
        ((ManualTime) retries.circuit("inventory").time()).advance(Duration.ofSeconds(5));
        assertThat(retries.circuit("inventory").state()).hasToString("CLOSED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"state\": \"FORCED_OPEN\", \"for\": \"\"}",
                "{\"state\": \"FORCED_OPEN\", \"for\": \"0s\"}",
                "{\"state\": \"FORCED_OPEN\", \"for\": \"-1s\"}",
                "{\"state\": \"FORCED_OPEN\", \"for\": \"soon\"}",
                "{\"state\": \"FORCED_OPEN\", \"for\": 600}",
                "{\"state\": \"FORCED_OPEN\", \"for\": null}",
                "{\"state\": \"FORCED_OPEN\", \"for\": \"PT9999999999999999H\"}",
                "{\"state\": \"CLOSED\", \"for\": \"10m\"}",
                "{\"state\": \"HALF_OPEN\", \"for\": \"10m\"}",
                "{\"state\": \"FORCED_OPEN\", \"failure-rate\": \"10\"}"
            })
    void aTimeThatCannotBeChangesNothing(String body) throws Exception {
        HttpResponse<String> answer = post("circuits/inventory", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(retries.circuit("inventory").state()).hasToString("CLOSED");
    }
}
