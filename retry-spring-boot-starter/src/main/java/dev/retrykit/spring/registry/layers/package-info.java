/**
 * Merges the layers of settings of policies, circuits and budgets, and resolves the effective settings of each. Knows
 * nothing of the entries that use them.
 */
@NullMarked
package dev.retrykit.spring.registry.layers;

import org.jspecify.annotations.NullMarked;
