/** Idempotency keys in a relational database, and the fence that ties them to the transactions there. */
@NullMarked
package dev.retrykit.spring.idempotency.store.jdbc;

import org.jspecify.annotations.NullMarked;
