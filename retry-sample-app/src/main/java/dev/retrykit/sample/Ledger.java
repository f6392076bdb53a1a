package dev.retrykit.sample;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Stores all payments. Its transaction commits only together with the claim on the idempotency key. */
@Component
class Ledger {

    private final JdbcClient jdbc;

    Ledger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Transactional
    public Payment book(String sku, BigDecimal amount) {
        Payment payment = new Payment(UUID.randomUUID().toString(), sku, amount);
        jdbc.sql("insert into payment (id, sku, amount) values (?, ?, ?)")
                .params(payment.id(), sku, amount)
                .update();
        return payment;
    }

    @Transactional(readOnly = true)
    public List<Payment> all() {
        return jdbc.sql("select id, sku, amount from payment order by booked, id")
                .query(Payment.class)
                .list();
    }
}
