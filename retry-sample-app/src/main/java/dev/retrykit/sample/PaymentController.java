package dev.retrykit.sample;

import dev.retrykit.annotation.Idempotent;
import dev.retrykit.sample.problem.BadValueException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Takes payments. Each payment is booked once, however often the request is repeated. */
@RestController
class PaymentController {

    private final Ledger ledger;

    PaymentController(Ledger ledger) {
        this.ledger = ledger;
    }

    /** An amount to pay for an article. */
    record Charge(@Nullable String sku, @Nullable BigDecimal amount) {}

    /** The shop has no users, so all keys share one scope. */
    @Idempotent(scope = "'shop'")
    @PostMapping("/payments")
    ResponseEntity<Payment> pay(@RequestBody Charge charge) {
        String sku = Sku.checked(charge.sku());
        BigDecimal amount = charge.amount();
        if (amount == null || amount.signum() <= 0) {
            throw BadValueException.invalid("amount", amount, "must be above 0");
        }
        Payment payment = ledger.book(sku, amount);
        return ResponseEntity.created(URI.create("/payments/" + payment.id())).body(payment);
    }

    @GetMapping("/payments")
    List<Payment> all() {
        return ledger.all();
    }
}
