/** The identity of a request, and the stored part of a response. */
@NullMarked
package dev.retrykit.spring.idempotency.endpoint.content;

import org.jspecify.annotations.NullMarked;
