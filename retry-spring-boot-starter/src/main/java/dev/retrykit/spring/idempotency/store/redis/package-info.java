/** Idempotency keys in Redis. */
@NullMarked
package dev.retrykit.spring.idempotency.store.redis;

import org.jspecify.annotations.NullMarked;
