/** Idempotent methods without HTTP, such as message listeners. */
@NullMarked
package dev.retrykit.spring.idempotency.method;

import org.jspecify.annotations.NullMarked;
