/**
 * The policies, circuits and budgets of one application, held by {@link dev.retrykit.spring.registry.Retries}.
 *
 * <pre>
 *   .registry.shutdown    ends delays and calls when the application closes
 *   .registry             entries by name, their engines, changes at run time
 *   .registry.layers      the layers of settings, and the effective settings of each entry
 * </pre>
 */
@NullMarked
package dev.retrykit.spring.registry;

import org.jspecify.annotations.NullMarked;
