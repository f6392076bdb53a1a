package dev.retrykit.sample;

/** What the inventory service answers. */
record Stock(int available) {}
