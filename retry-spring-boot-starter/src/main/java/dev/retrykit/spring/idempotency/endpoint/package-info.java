/** Idempotent endpoints: what both of Spring's web stacks share. */
@NullMarked
package dev.retrykit.spring.idempotency.endpoint;

import org.jspecify.annotations.NullMarked;
