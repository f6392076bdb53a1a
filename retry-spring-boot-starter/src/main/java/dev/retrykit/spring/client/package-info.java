/**
 * HTTP clients: instruments requests, and reports their responses and failures to the engine.
 *
 * <pre>
 *   .client.blocking    .client.reactive    {@code RestClient} and {@code RestTemplate}; {@code WebClient}
 *   .client.transport                       the HTTP libraries below them
 *   .client                                 guards, idempotency keys, hosts: the rules for requests
 *   .client.tracking                        one request, from the moment at which it may have been sent
 * </pre>
 */
@NullMarked
package dev.retrykit.spring.client;

import org.jspecify.annotations.NullMarked;
