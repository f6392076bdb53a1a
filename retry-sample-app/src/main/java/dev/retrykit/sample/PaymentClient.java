package dev.retrykit.sample;

import dev.retrykit.annotation.Backoff;
import dev.retrykit.annotation.Retryable;
import dev.retrykit.backoff.Jitter;
import dev.retrykit.backoff.Strategy;
import java.math.BigDecimal;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * A client of the payment service. Its policy is configured in the annotation and named {@code PaymentClient.price}.
 */
@Component
class PaymentClient {

    private final RestClient http;
    private final ServiceUrls urls;
    private final KnownPrices known;

    PaymentClient(RestClient.Builder http, ServiceUrls urls, KnownPrices known) {
        this.http = http.build();
        this.urls = urls;
        this.known = known;
    }

    @Retryable(
            maxAttempts = 4,
            backoff = @Backoff(strategy = Strategy.EXPONENTIAL, delay = "50ms", multiplier = 2, maxDelay = "1s"),
            jitter = Jitter.DECORRELATED,
            fallback = "lastKnownPrice")
    public Price price(String sku) {
        BigDecimal amount = http.get()
                .uri(urls.payment() + "/price/{sku}", sku)
                .retrieve()
                .requiredBody(Quote.class)
                .amount();
        known.remember(sku, amount);
        return new Price(amount, "payment");
    }

    /** The fallback of {@link #price}. */
    Price lastKnownPrice(String sku) {
        return new Price(known.lastOrList(sku), "fallback");
    }

    /** The response of the payment service. */
    record Quote(BigDecimal amount) {}
}
