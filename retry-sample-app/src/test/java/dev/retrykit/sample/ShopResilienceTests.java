package dev.retrykit.sample;

import static dev.retrykit.sample.Shop.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

/** The policies at work: retries, fallback, report. */
@Tag("startup")
@ShopTest
@Import(StandingClock.class)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class ShopResilienceTests {

    private static final String BROKEN = "{\"failureRate\":1}";
    private static final String FLAKY = "{\"failureRate\":0.4}"; // the dice roll 0.5 unless loaded

    @Autowired
    private Shop shop;

    @Autowired
    private LoadedDice dice;

    @Test
    void retriesUntilTheInventoryAnswers() {
        shop.post("/faults/inventory", FLAKY);
        dice.load(0.1, 0.1, 0.9);

        assertThat(shop.get("/orders/apple").statusCode()).isEqualTo(200);

        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.received")
                .isEqualTo(3);
        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.failed")
                .isEqualTo(2);
        assertThat(json(shop.get("/actuator/retry")))
                .extractingPath("$.policies.inventory.calls.recovered")
                .isEqualTo(1);
    }

    @Test
    void endsAfterFourAttempts() {
        shop.post("/faults/inventory", BROKEN);

        assertThat(shop.get("/orders/apple").statusCode()).isEqualTo(502);

        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.received")
                .isEqualTo(4);
    }

    @Test
    void doesNotRetryAPermanentFailure() {
        shop.post("/faults/inventory", "{\"failureRate\":1,\"status\":404}");

        assertThat(shop.get("/orders/apple").statusCode()).isEqualTo(502);

        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.received")
                .isEqualTo(1);
    }

    @Test
    void answersTheListPriceThenTheLastKnownPrice() {
        shop.post("/faults/payment", BROKEN);
        HttpResponse<String> unknown = shop.get("/orders/apple");
        assertThat(unknown.statusCode()).isEqualTo(200);
        assertThat(json(unknown)).extractingPath("$.price.source").isEqualTo("fallback");
        assertThat(json(unknown)).extractingPath("$.price.amount").isEqualTo(19.9);

        shop.post("/faults/payment", "{}");
        String known = shop.get("/orders/apple").body();
        assertThat(known).contains("\"source\":\"payment\"");

        shop.post("/faults/payment", BROKEN);
        assertThat(shop.get("/orders/apple").body()).isEqualTo(known.replace("payment", "fallback"));
    }

    @Test
    void showsPoliciesCircuitsAndMeters() {
        shop.get("/orders/apple");
        HttpResponse<String> report = shop.get("/actuator/retry");

        assertThat(json(report)).extractingPath("$.circuits.inventory.state").isEqualTo("CLOSED");
        assertThat(json(report))
                .extractingPath("$.policies.inventory.calls.success")
                .isEqualTo(1);
        assertThat(json(report))
                .extractingPath("$.policies['PaymentClient.price'].calls.success")
                .isEqualTo(1);
        assertThat(shop.get("/actuator/metrics/retrykit.calls").statusCode()).isEqualTo(200);
    }
}
