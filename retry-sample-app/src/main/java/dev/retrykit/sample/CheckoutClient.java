package dev.retrykit.sample;

import dev.retrykit.annotation.Retryable;
import java.math.BigDecimal;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Pays over HTTP, as another application would. All attempts of a call send the same idempotency key, as configured in
 * the policy {@code checkout} in {@code application.yml}.
 */
@Component
class CheckoutClient {

    private final RestClient http;
    private final Environment environment;

    CheckoutClient(RestClient.Builder http, Environment environment) {
        this.http = http.build();
        this.environment = environment;
    }

    @Retryable("checkout")
    public Payment pay(String sku, BigDecimal amount) {
        return http.post()
                .uri("http://localhost:" + environment.getProperty("local.server.port") + "/payments")
                .body(new PaymentController.Charge(sku, amount))
                .retrieve()
                .requiredBody(Payment.class);
    }
}
