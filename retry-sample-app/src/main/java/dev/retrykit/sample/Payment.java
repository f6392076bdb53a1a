package dev.retrykit.sample;

import java.math.BigDecimal;

/** A booked payment for an article. */
record Payment(String id, String sku, BigDecimal amount) {}
