/**
 * The top layer of the Spring Boot starter: conditions and bean definitions, with one class per feature.
 *
 * <p>The layers of {@code dev.retrykit.spring}, from top to bottom. Imports go downward only.
 *
 * <pre>
 *   .autoconfigure                         conditions and bean definitions; nothing else has conditions
 *   .observe    .actuate                   meters, log lines and spans; the endpoint and health
 *   .aspect                                annotated methods
 *   .client     .server                    HTTP clients; responses to callers, and their deadlines
 *   .idempotency                           idempotent methods, their endpoints and stores
 *   .transaction                           the transactions of an attempt
 *   .registry                              the policies, circuits and budgets of one application
 *   .settings   .failure     .reactive     retrykit.*, the classification of failures, publishers
 *   .expression .customize   .log          expressions over arguments, customizer beans, throttled log lines
 * </pre>
 */
@NullMarked
package dev.retrykit.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
