/** Idempotency keys in Redis. */
@NullMarked
package dev.retrykit.spring.idempotency.redis;

import org.jspecify.annotations.NullMarked;
