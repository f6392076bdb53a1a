package dev.retrykit.sample;

import dev.retrykit.annotation.CircuitGuarded;
import dev.retrykit.annotation.Retryable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** A client of the inventory service. Its policy and circuit are configured in {@code application.yml}. */
@Component
class InventoryClient {

    private final RestClient http;
    private final ServiceUrls urls;

    InventoryClient(RestClient.Builder http, ServiceUrls urls) {
        this.http = http.build();
        this.urls = urls;
    }

    @Retryable("inventory")
    @CircuitGuarded("inventory")
    public Stock stock(String sku) {
        return http.get().uri(urls.inventory() + "/stock/{sku}", sku).retrieve().requiredBody(Stock.class);
    }
}
