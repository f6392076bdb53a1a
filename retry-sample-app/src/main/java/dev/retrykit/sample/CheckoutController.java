package dev.retrykit.sample;

import dev.retrykit.sample.problem.BadValueException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Pays for orders, and controls the loss of responses to payments. */
@RestController
class CheckoutController {

    private final PaymentClient prices;
    private final CheckoutClient checkout;
    private final LostResponses answers;

    CheckoutController(PaymentClient prices, CheckoutClient checkout, LostResponses answers) {
        this.prices = prices;
        this.checkout = checkout;
        this.answers = answers;
    }

    @PostMapping("/orders/{sku}/payment")
    @ResponseStatus(HttpStatus.CREATED)
    Payment pay(@PathVariable String sku) {
        Sku.checked(sku);
        return checkout.pay(sku, prices.price(sku).amount());
    }

    @GetMapping("/payments/lost-answers")
    LostResponses.Report lost() {
        return answers.report();
    }

    @PostMapping("/payments/lost-answers")
    LostResponses.Report lose(@RequestParam double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw BadValueException.invalid("rate", rate, "must be a number from 0 to 1");
        }
        return answers.lose(rate);
    }
}
