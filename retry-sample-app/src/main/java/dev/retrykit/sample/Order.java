package dev.retrykit.sample;

/** The response of the shop to an order. */
record Order(String sku, int stock, Price price) {}
