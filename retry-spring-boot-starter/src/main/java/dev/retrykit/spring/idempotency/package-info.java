/** Idempotency of what is called: what becomes of a key, decided in one place, and where that is kept. */
@NullMarked
package dev.retrykit.spring.idempotency;

import org.jspecify.annotations.NullMarked;
