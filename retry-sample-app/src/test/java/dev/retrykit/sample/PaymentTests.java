package dev.retrykit.sample;

import static dev.retrykit.sample.Shop.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;

/** A payment that is made again and again, because its answers get lost. */
@Tag("startup")
@ShopTest
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class PaymentTests {

    @Autowired
    private Shop shop;

    @Autowired
    private LoadedDice dice;

    @Test
    void isChargedOnce() {
        shop.post("/payments/lost-answers?rate=0.4", "");
        dice.load(0.1, 0.1, 0.9);

        HttpResponse<String> answer = shop.post("/orders/apple/payment", "");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(json(shop.get("/payments/lost-answers")))
                .extractingPath("$.requests")
                .isEqualTo(3);
        assertThat(json(shop.get("/payments"))).extractingPath("$.length()").isEqualTo(1);
        assertThat(json(shop.get("/payments")))
                .extractingPath("$[0].id")
                .asString()
                .satisfies(id -> assertThat(answer.body()).contains(id));
        assertThat(json(shop.get("/actuator/retry")))
                .extractingPath("$.idempotency.results.replayed")
                .isEqualTo(2);
        assertThat(json(shop.get("/actuator/retry")))
                .extractingPath("$.idempotency.methods['PaymentController.pay(Charge)'].guarantee")
                .isEqualTo("exactly once");
    }

    @Test
    void isChargedForEachOrder() {
        shop.post("/orders/apple/payment", "");
        shop.post("/orders/apple/payment", "");

        assertThat(json(shop.get("/payments"))).extractingPath("$.length()").isEqualTo(2);
    }

    @Test
    void refusesAPaymentWithoutAKey() {
        HttpResponse<String> answer = shop.post("/payments", "{\"sku\":\"apple\",\"amount\":10}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Idempotency-Key is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{} | sku", "{\"sku\":\"apple\"} | amount", "{\"sku\":\"apple\",\"amount\":-1} | amount"})
    void refusesAPaymentWithoutAValidArticleAndAmount(String json, String field) {
        HttpResponse<String> answer = shop.post(
                "/payments", json, "Idempotency-Key", UUID.randomUUID().toString());

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(field + " must be");
    }

    @Test
    void losesNoMoreThanAllAnswers() {
        assertThat(shop.post("/payments/lost-answers?rate=1.5", "").statusCode())
                .isEqualTo(400);
    }
}
