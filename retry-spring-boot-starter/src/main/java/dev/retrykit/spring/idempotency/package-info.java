/** Idempotency of calls: decides about keys in one place, and maintains their state in a store. */
@NullMarked
package dev.retrykit.spring.idempotency;

import org.jspecify.annotations.NullMarked;
