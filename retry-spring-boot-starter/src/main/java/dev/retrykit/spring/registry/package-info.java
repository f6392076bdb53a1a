/** The policies, circuits and budgets of one application. {@link dev.retrykit.spring.registry.Retries} holds them. */
@NullMarked
package dev.retrykit.spring.registry;

import org.jspecify.annotations.NullMarked;
