package dev.retrykit.spring.client;

/**
 * In which header idempotency keys are sent.
 *
 * @param name the header
 * @param quoted whether the key is in double quotes
 */
record KeyHeader(String name, boolean quoted) {

    /** A key as it is sent. */
    String value(String key) {
        return quoted ? '"' + key + '"' : key;
    }
}
