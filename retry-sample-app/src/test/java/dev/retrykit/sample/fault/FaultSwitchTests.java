package dev.retrykit.sample.fault;

import static dev.retrykit.sample.Shop.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.sample.Shop;
import dev.retrykit.sample.ShopTest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@ShopTest
class FaultSwitchTests {

    @Autowired
    private Shop shop;

    @AfterEach
    void switchFaultsOff() {
        shop.post("/faults/inventory/reset", "");
        shop.post("/faults/payment/reset", "");
    }

    @Test
    void switchesOneServiceOnly() {
        HttpResponse<String> answer =
                shop.post("/faults/payment", "{\"failureRate\":0.8,\"latencyMs\":200,\"status\":500}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(shop.get("/faults/payment").body());
        assertThat(json(answer)).isStrictlyEqualTo("""
                {"service":"payment","failureRate":0.8,"latencyMs":200,"status":500,"received":0,"failed":0}
                """);
        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.failureRate")
                .isEqualTo(0.0);
    }

    @Test
    void setsWhatIsMissingToItsDefault() {
        shop.post("/faults/inventory", "{\"failureRate\":0.8,\"latencyMs\":200,\"status\":500}");
        shop.post("/faults/inventory", "{\"latencyMs\":1}");

        assertThat(json(shop.get("/faults/inventory"))).isStrictlyEqualTo("""
                {"service":"inventory","failureRate":0.0,"latencyMs":1,"status":503,"received":0,"failed":0}
                """);
    }

    @Test
    void takesTheBounds() {
        assertThat(shop.post("/faults/inventory", "{\"failureRate\":0,\"latencyMs\":0,\"status\":400}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(shop.post("/faults/inventory", "{\"failureRate\":1.0,\"latencyMs\":10000,\"status\":599}")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    failureRate | -0.1  | must be a number from 0 to 1
                    failureRate | 1.01  | must be a number from 0 to 1
                    failureRate | 1e999 | must be a number from 0 to 1
                    failureRate | true  | must be a number from 0 to 1
                    latencyMs   | -1    | must be a whole number from 0 to 10000
                    latencyMs   | 10001 | must be a whole number from 0 to 10000
                    latencyMs   | 1.5   | must be a whole number from 0 to 10000
                    status      | 399   | must be a whole number from 400 to 599
                    status      | 600   | must be a whole number from 400 to 599
                    """)
    void refusesABadValueAndChangesNothing(String field, String value, String rule) {
        HttpResponse<String> answer = shop.post("/faults/inventory", "{\"%s\":%s}".formatted(field, value));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(answer)).extractingPath("$.field").isEqualTo(field);
        assertThat(json(answer)).extractingPath("$.rule").isEqualTo(rule);
        assertThat(json(answer)).hasPath("$.value");
        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.failureRate")
                .isEqualTo(0.0);
    }

    @Test
    void refusesAnUnknownField() {
        HttpResponse<String> answer = shop.post("/faults/inventory", "{\"rate\":1}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer)).extractingPath("$.value").isEqualTo("rate");
        assertThat(json(answer)).extractingPath("$.rule").isEqualTo("must be one of failureRate, latencyMs, status");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[1]", "{", "7"})
    void refusesABodyThatIsNoObject(String body) {
        HttpResponse<String> answer = shop.post("/faults/inventory", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shipping", "Inventory", "inventoryService"})
    void knowsNoOtherService(String name) {
        List<HttpResponse<String>> answers = List.of(
                shop.get("/faults/" + name),
                shop.post("/faults/" + name, "{}"),
                shop.post("/faults/" + name + "/reset", ""));

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(json(answer)).extractingPath("$.value").isEqualTo(name);
            assertThat(json(answer)).extractingPath("$.rule").isEqualTo("must be one of delivery, inventory, payment");
        });
    }

    @Test
    void countsAndResets() {
        shop.post("/faults/inventory", "{\"failureRate\":1,\"status\":404}");
        shop.get("/orders/apple");
        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.received")
                .isEqualTo(1);
        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.failed")
                .isEqualTo(1);

        HttpResponse<String> answer = shop.post("/faults/inventory/reset", "");

        assertThat(json(answer)).isStrictlyEqualTo("""
                {"service":"inventory","failureRate":0.0,"latencyMs":0,"status":503,"received":0,"failed":0}
                """);
    }
}
