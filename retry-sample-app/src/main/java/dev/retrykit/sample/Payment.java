package dev.retrykit.sample;

import java.math.BigDecimal;

/** What was booked for an article. */
record Payment(String id, String sku, BigDecimal amount) {}
