package dev.retrykit.sample;

/** What the delivery service answers. */
record Delivery(int days) {}
