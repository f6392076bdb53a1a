package dev.retrykit.sample;

import java.math.BigDecimal;

/** A price and its source: {@code payment} or {@code fallback}. */
record Price(BigDecimal amount, String source) {}
