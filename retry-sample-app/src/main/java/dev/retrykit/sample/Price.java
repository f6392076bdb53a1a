package dev.retrykit.sample;

import java.math.BigDecimal;

/** A price and where it came from: {@code payment} or {@code fallback}. */
record Price(BigDecimal amount, String source) {}
