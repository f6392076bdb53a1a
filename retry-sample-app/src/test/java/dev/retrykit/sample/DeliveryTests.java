package dev.retrykit.sample;

import static dev.retrykit.sample.Shop.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

/** A service whose retries and circuit stand in {@code application.yml} alone. */
@Tag("startup")
@ShopTest
@Import(StandingClock.class)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class DeliveryTests {

    @Autowired
    private Shop shop;

    @Autowired
    private LoadedDice dice;

    @Test
    void isRetriedUntilItAnswers() {
        shop.post("/faults/delivery", "{\"failureRate\":0.4}");
        dice.load(0.1, 0.1, 0.9);

        HttpResponse<String> answer = shop.get("/deliveries/apple");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer)).extractingPath("$.days").isEqualTo(Math.floorMod("apple".hashCode(), 5) + 1);
        assertThat(json(shop.get("/faults/delivery")))
                .extractingPath("$.received")
                .isEqualTo(3);
        assertThat(json(shop.get("/actuator/retry/policies/delivery")))
                .extractingPath("$.calls.recovered")
                .isEqualTo(1);
    }

    @Test
    void tellsTheCallerNotToRetryWhatWasRetried() {
        shop.post("/faults/delivery", "{\"failureRate\":1}");

        HttpResponse<String> answer = shop.get("/deliveries/apple");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(json(shop.get("/faults/delivery")))
                .extractingPath("$.received")
                .isEqualTo(4);
    }

    @Test
    void isNotAskedWhileItsCircuitIsOpen() {
        shop.post("/actuator/retry/circuits/delivery", "{\"state\":\"FORCED_OPEN\"}");

        assertThat(shop.get("/deliveries/apple").statusCode()).isEqualTo(503);
        assertThat(json(shop.get("/faults/delivery")))
                .extractingPath("$.received")
                .isEqualTo(0);
    }

    @Test
    void refusesABadSku() {
        assertThat(shop.get("/deliveries/a_b").statusCode()).isEqualTo(400);
        assertThat(json(shop.get("/faults/delivery")))
                .extractingPath("$.received")
                .isEqualTo(0);
    }
}
