/** Stores of idempotency keys: the contract, and a store in memory. */
@NullMarked
package dev.retrykit.spring.idempotency.store;

import org.jspecify.annotations.NullMarked;
