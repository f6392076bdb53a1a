package dev.retrykit.sample;

/** What the shop answers. */
record Order(String sku, int stock, Price price) {}
