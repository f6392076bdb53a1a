/** What identifies a request, and what is kept of a response. */
@NullMarked
package dev.retrykit.spring.idempotency.endpoint.content;

import org.jspecify.annotations.NullMarked;
