/** Idempotent endpoints in Spring MVC. */
@NullMarked
package dev.retrykit.spring.idempotency.servlet;

import org.jspecify.annotations.NullMarked;
