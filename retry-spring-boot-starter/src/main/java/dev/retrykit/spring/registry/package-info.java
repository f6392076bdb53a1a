/** The policies, circuits and budgets of one application, held by {@link dev.retrykit.spring.registry.Retries}. */
@NullMarked
package dev.retrykit.spring.registry;

import org.jspecify.annotations.NullMarked;
