package dev.retrykit.sample;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.DefaultUriBuilderFactory;

@RestController
class DeliveryController {

    private final DeliveryClient client;
    private final ServiceUrls urls;

    DeliveryController(DeliveryClient client, ServiceUrls urls) {
        this.client = client;
        this.urls = urls;
    }

    @GetMapping("/deliveries/{sku}")
    Delivery delivery(@PathVariable String sku) {
        return client.delivery(new DefaultUriBuilderFactory(urls.delivery()), Sku.checked(sku));
    }
}
