package dev.retrykit.sample;

/** The response of the inventory service. */
record Stock(int available) {}
