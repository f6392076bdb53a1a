/** The records of attempts: side effects, requests with idempotency keys, failures of inner calls. */
@NullMarked
package dev.retrykit.internal.attempt;

import org.jspecify.annotations.NullMarked;
