package dev.retrykit.spring.actuate;

/**
 * What a browser's request must carry to change something.
 *
 * @param header the name of the header
 * @param token its value
 */
record CsrfField(String header, String token) {}
