package dev.retrykit.spring.actuate.web;

/**
 * The CSRF token that a browser's write request must carry.
 *
 * @param header the name of the header
 * @param token the value of the header
 */
public record CsrfField(String header, String token) {}
