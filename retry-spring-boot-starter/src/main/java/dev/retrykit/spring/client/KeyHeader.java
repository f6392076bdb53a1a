package dev.retrykit.spring.client;

/**
 * The header for idempotency keys.
 *
 * @param name the header name
 * @param quoted whether the key is in double quotes
 */
record KeyHeader(String name, boolean quoted) {

    /** Returns the header value for a key. */
    String value(String key) {
        return quoted ? '"' + key + '"' : key;
    }
}
