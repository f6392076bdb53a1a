/**
 * Merges the layers of settings of policies, circuits and budgets, and resolves the effective settings of each. Does
 * not depend on the entries that have these settings.
 */
@NullMarked
package dev.retrykit.spring.registry.layers;

import org.jspecify.annotations.NullMarked;
