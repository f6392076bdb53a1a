/** Idempotency keys in a relational database, and the fence that ties them to transactions. */
@NullMarked
package dev.retrykit.spring.idempotency.store.jdbc;

import org.jspecify.annotations.NullMarked;
