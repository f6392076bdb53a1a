package dev.retrykit.spring.idempotency.neighbor;

import dev.retrykit.spring.idempotency.neighbor.Ledger.Order;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/** Refuses an order that was taken, as a unique address of a user. */
final class UniqueOrder implements Validator {

    @Override
    public boolean supports(Class<?> type) {
        return type == Order.class;
    }

    @Override
    public void validate(Object target, Errors errors) {
        if (Ledger.isTaken(((Order) target).order())) {
            errors.rejectValue("order", "taken", "is taken");
        }
    }
}
