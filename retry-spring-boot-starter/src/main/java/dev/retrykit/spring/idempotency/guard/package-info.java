/** Calls a store of idempotency keys within a time limit, and ends claims that the store has not heard of. */
@NullMarked
package dev.retrykit.spring.idempotency.guard;

import org.jspecify.annotations.NullMarked;
