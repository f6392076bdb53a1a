package dev.retrykit.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class KnownPricesTests {

    private final KnownPrices prices = new KnownPrices(new BigDecimal("19.90"));

    @Test
    void answersTheListPriceOfAnUnknownArticle() {
        assertThat(prices.lastOrList("apple")).isEqualByComparingTo("19.90");
    }

    @Test
    void answersTheLastPrice() {
        prices.remember("apple", new BigDecimal("1.20"));
        prices.remember("apple", new BigDecimal("1.30"));

        assertThat(prices.lastOrList("apple")).isEqualByComparingTo("1.30");
    }

    @Test
    void forgetsTheOldestPriceWhenItIsFull() {
        prices.remember("apple", BigDecimal.ONE);
        prices.remember("pear", BigDecimal.ONE);
        prices.remember("apple", BigDecimal.TEN);
        for (int i = 0; i < KnownPrices.MAX - 1; i++) {
            prices.remember("article-" + i, BigDecimal.ONE);
        }

        assertThat(prices.lastOrList("apple")).isEqualByComparingTo("10");
        assertThat(prices.lastOrList("pear")).isEqualByComparingTo("19.90");
    }
}
