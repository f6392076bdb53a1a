/** Idempotent endpoints in WebFlux. */
@NullMarked
package dev.retrykit.spring.idempotency.endpoint.webflux;

import org.jspecify.annotations.NullMarked;
