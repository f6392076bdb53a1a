package dev.retrykit.sample;

/** The response of the delivery service. */
record Delivery(int days) {}
