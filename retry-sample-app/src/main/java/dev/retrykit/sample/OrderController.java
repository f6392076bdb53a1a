package dev.retrykit.sample;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OrderController {

    private final InventoryClient inventory;
    private final PaymentClient payment;

    OrderController(InventoryClient inventory, PaymentClient payment) {
        this.inventory = inventory;
        this.payment = payment;
    }

    @GetMapping("/orders/{sku}")
    Order order(@PathVariable String sku) {
        Sku.checked(sku);
        return new Order(sku, inventory.stock(sku).available(), payment.price(sku));
    }
}
