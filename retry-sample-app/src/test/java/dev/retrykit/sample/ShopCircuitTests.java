package dev.retrykit.sample;

import static dev.retrykit.sample.Shop.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retrykit.time.ManualTime;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

/** The inventory's circuit at work. */
@Tag("startup")
@ShopTest
@Import(StandingClock.class)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class ShopCircuitTests {

    private static final String CIRCUIT = "/actuator/retry/circuits/inventory";
    private static final String BROKEN = "{\"failureRate\":1}";

    @Autowired
    private Shop shop;

    @Autowired
    private ManualTime time;

    @Test
    void opensTheCircuitAndThenFailsFast() {
        openTheCircuit();
        String before = shop.get("/faults/inventory").body();

        HttpResponse<String> answer = shop.get("/orders/apple");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 8L); // 5 s, spread by half
        assertThat(shop.get("/faults/inventory").body()).isEqualTo(before);
        assertThat(json(shop.get(CIRCUIT)))
                .extractingPath("$.rejected")
                .asNumber()
                .isNotEqualTo(0);
    }

    @Test
    void closesTheCircuitAfterFiveGoodProbes() {
        openTheCircuit();
        shop.post("/faults/inventory/reset", "");
        time.advance(Duration.ofSeconds(8));

        for (int probe = 0; probe < 5; probe++) {
            assertThat(shop.get("/orders/apple").statusCode()).isEqualTo(200);
        }

        assertThat(json(shop.get(CIRCUIT))).extractingPath("$.state").isEqualTo("CLOSED");
    }

    @Test
    void canBeForcedOpenAndClosed() {
        assertThat(shop.post(CIRCUIT, "{\"state\":\"FORCED_OPEN\"}").statusCode())
                .isLessThan(300);
        HttpResponse<String> answer = shop.get("/orders/apple");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
        assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.received")
                .isEqualTo(0);

        assertThat(shop.post(CIRCUIT, "{\"state\":\"CLOSED\"}").statusCode()).isLessThan(300);
        assertThat(shop.get("/orders/apple").statusCode()).isEqualTo(200);
    }

    /** Twenty failed attempts within more than a second are enough. */
    private void openTheCircuit() {
        shop.post("/faults/inventory", BROKEN);
        for (int order = 0; order < 30 && !isOpen(); order++) {
            shop.get("/orders/apple");
            time.advance(Duration.ofMillis(100));
        }
        assertThat(json(shop.get(CIRCUIT))).extractingPath("$.state").isEqualTo("OPEN");
    }

    private boolean isOpen() {
        return shop.get(CIRCUIT).body().contains("\"state\":\"OPEN\"");
    }
}
