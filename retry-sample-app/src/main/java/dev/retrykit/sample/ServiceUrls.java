package dev.retrykit.sample;

import dev.retrykit.sample.fault.FaultyService;
import dev.retrykit.sample.fault.ServiceSettings;
import org.springframework.stereotype.Component;

/** Where the services answer: at the configured URL, else at the port that the service in this process is bound to. */
@Component
class ServiceUrls {

    private final ServiceSettings settings;
    private final FaultyService inventory;
    private final FaultyService payment;

    ServiceUrls(ServiceSettings settings, FaultyService inventoryService, FaultyService paymentService) {
        this.settings = settings;
        this.inventory = inventoryService;
        this.payment = paymentService;
    }

    String inventory() {
        return settings.inventory().urlOr(inventory);
    }

    String payment() {
        return settings.payment().urlOr(payment);
    }
}
