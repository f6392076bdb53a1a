/** Idempotent endpoints in Spring MVC. */
@NullMarked
package dev.retrykit.spring.idempotency.endpoint.servlet;

import org.jspecify.annotations.NullMarked;
