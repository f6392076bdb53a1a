package dev.retrykit.sample;

import dev.retrykit.sample.problem.BadValueException;
import java.util.regex.Pattern;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OrderController {

    private static final Pattern SKU = Pattern.compile("[A-Za-z0-9-]{1,40}");

    private final InventoryClient inventory;
    private final PaymentClient payment;

    OrderController(InventoryClient inventory, PaymentClient payment) {
        this.inventory = inventory;
        this.payment = payment;
    }

    @GetMapping("/orders/{sku}")
    Order order(@PathVariable String sku) {
        if (!SKU.matcher(sku).matches()) {
            throw BadValueException.invalid("sku", sku, "must be 1 to 40 letters (a-z), digits or '-'");
        }
        return new Order(sku, inventory.stock(sku).available(), payment.price(sku));
    }
}
