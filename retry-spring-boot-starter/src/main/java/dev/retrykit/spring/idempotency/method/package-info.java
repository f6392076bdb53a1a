/** Idempotent methods without HTTP, such as those that take messages. */
@NullMarked
package dev.retrykit.spring.idempotency.method;

import org.jspecify.annotations.NullMarked;
