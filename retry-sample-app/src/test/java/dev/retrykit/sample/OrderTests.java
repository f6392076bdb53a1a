package dev.retrykit.sample;

import static dev.retrykit.sample.Shop.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@ShopTest
class OrderTests {

    @Autowired
    private Shop shop;

    @AfterEach
    void switchFaultsOff() {
        shop.post("/faults/inventory/reset", "");
        shop.post("/faults/payment/reset", "");
    }

    @Test
    void answersStockAndPriceOfAHealthyShop() {
        HttpResponse<String> answer = shop.get("/orders/apple-1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer)).extractingPath("$.sku").isEqualTo("apple-1");
        assertThat(json(answer)).extractingPath("$.stock").isEqualTo(Math.floorMod("apple-1".hashCode(), 50));
        assertThat(json(answer)).hasPath("$.price.amount");
        assertThat(json(answer)).extractingPath("$.price.source").isEqualTo("payment");
    }

    @Test
    void asksEachServiceOnce() {
        shop.get("/orders/apple");

        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.received")
                .isEqualTo(1);
        assertThat(json(shop.get("/faults/payment")))
                .extractingPath("$.received")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_b", "a%20b", "%C3%A4pfel", "a.b", "0123456789-0123456789-0123456789-012345678"})
    void refusesABadSkuBeforeAnyServiceIsAsked(String sku) {
        HttpResponse<String> answer = shop.get("/orders/" + sku);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(answer)).extractingPath("$.field").isEqualTo("sku");
        assertThat(json(answer)).extractingPath("$.rule").isEqualTo("must be 1 to 40 letters (a-z), digits or '-'");
        assertThat(json(shop.get("/faults/inventory")))
                .extractingPath("$.received")
                .isEqualTo(0);
    }

    @Test
    void takesTheLongestSku() {
        assertThat(shop.get("/orders/" + "a".repeat(40)).statusCode()).isEqualTo(200);
        assertThat(shop.get("/orders/" + "a".repeat(41)).statusCode()).isEqualTo(400);
    }

    @Test
    void tellsNothingOfTheInsideWhenAServiceFails() {
        shop.post("/faults/inventory", "{\"failureRate\":1,\"status\":418}");

        HttpResponse<String> answer = shop.get("/orders/apple");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(answer.body()).doesNotContain("418", "localhost", "Exception", "the service is unavailable");
    }

    @Test
    void servesTheStartPage() {
        HttpResponse<String> answer = shop.get("/");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
        assertThat(answer.body()).contains("<!doctype html>");
    }
}
