/** Idempotent endpoints: code shared by both of Spring's web stacks. */
@NullMarked
package dev.retrykit.spring.idempotency.endpoint;

import org.jspecify.annotations.NullMarked;
