package dev.retrykit.sample;

import dev.retrykit.sample.fault.FaultyService;
import dev.retrykit.sample.fault.ServiceSettings;
import org.springframework.stereotype.Component;

/** The URLs of the services: the configured URL, otherwise that of the service in this process. */
@Component
class ServiceUrls {

    private final ServiceSettings settings;
    private final FaultyService inventory;
    private final FaultyService payment;
    private final FaultyService delivery;

    ServiceUrls(
            ServiceSettings settings,
            FaultyService inventoryService,
            FaultyService paymentService,
            FaultyService deliveryService) {
        this.settings = settings;
        this.inventory = inventoryService;
        this.payment = paymentService;
        this.delivery = deliveryService;
    }

    String inventory() {
        return settings.inventory().urlOr(inventory);
    }

    String delivery() {
        return settings.delivery().urlOr(delivery);
    }

    String payment() {
        return settings.payment().urlOr(payment);
    }
}
