/** Idempotent endpoints in WebFlux. */
@NullMarked
package dev.retrykit.spring.idempotency.reactive;

import org.jspecify.annotations.NullMarked;
