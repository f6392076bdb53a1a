/** What attempts did: side effects, requests with idempotency keys, failures of inner calls. */
@NullMarked
package dev.retrykit.internal.attempt;

import org.jspecify.annotations.NullMarked;
